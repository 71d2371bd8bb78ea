"""Turns a one-time code into an enrolment. Run by the relay with the options' code, or by its page.

Up goes proof of our key; down come the district's keys, to be pinned.
"""

import asyncio
from collections.abc import Awaitable, Callable
import re
from typing import Any

from anshim_relay import CONTRACT, clock, jws, log
from anshim_relay.district import AwayError, District, RefusedError, SessionUnknownError
from anshim_relay.identity import Enrolment, Identity, IdentityFile, Pinned
from anshim_relay.invitation import Invitation, normalised
from anshim_relay.link import Link
from anshim_relay.pause import Pause
from anshim_relay.timekeeper import Timekeeper

import orjson  # isort: skip

PATIENCE_S = 20.0
# The kit's name becomes part of what it signs, and of its topics at a broker.
KIT = re.compile(r"k-[a-z0-9]{8,32}")
HOUSEHOLD = re.compile(r"h-[a-z0-9]{8,32}")


class WrongDistrictError(Exception):
    """It answered with another key than the one on the QR code.

    Nobody may go on from here but a person.
    """


class WrongHomeError(Exception):
    """A kit that was lost, and what it keeps, are of another household than the code.

    It has to be wiped before it goes to another home.
    """


class Enroller:
    def __init__(
        self,
        *,
        district: District,
        identity: IdentityFile,
        timekeeper: Timekeeper,
        link: Link,
        on_enrolled: Callable[[], Awaitable[None]],
    ) -> None:
        self._district = district
        self._identity = identity
        self._timekeeper = timekeeper
        self._link = link
        self._on_enrolled = on_enrolled
        self._pause = Pause()
        self._one_at_a_time = asyncio.Lock()

    async def run(self, invitation: Invitation) -> None:
        """Asks until there is an answer; a refusal is final until a person changes the options."""
        failures = 0
        while True:
            try:
                await self.enrol(invitation)
            except AwayError as error:
                failures += 1
                self._link.down(self._timekeeper.moment(), error.reason)
                await asyncio.sleep(self._pause.after(failures, error.retry_after))
            except RefusedError as error:
                self._stopped(error.code, "ask the district for a new code")
                return
            except WrongHomeError:
                self._stopped("other-household", "wipe this kit first, then ask for a new code")
                return
            except WrongDistrictError:
                self._stopped("district-key-differs", "ask the district which key is right")
                return
            else:
                return

    async def enrol(self, invitation: Invitation) -> None:
        """1. ask; 2. check whom we reached; 3. save; 4. only then act on it.

        Nothing when somebody else's code was quicker: one enrolment never replaces another.
        """
        async with self._one_at_a_time:
            if not self._identity.identity.is_at_home:
                await self._enrol(invitation)

    async def _enrol(self, invitation: Invitation) -> None:
        identity, before = self._identity.identity.to_enrol, self._identity.enrolment
        try:
            answer = await self._district.post(
                "/v1/enrolments", request(invitation, identity), patience=PATIENCE_S
            )
        except SessionUnknownError as error:
            raise RefusedError(401, "unauthorised") from error
        enrolment = enrolment_from(answer, invitation)
        expected = invitation.district_key
        if expected and jws.thumbprint(enrolment.pinned.current) != expected:
            raise WrongDistrictError
        if before is not None and before.household != enrolment.household:
            self._identity.spend()
            raise WrongHomeError
        self._identity.enrol(enrolment)
        moment = self._timekeeper.moment()
        log.info("enrolled", kit=enrolment.kit, district=enrolment.pinned.district)
        self._link.up(moment)
        await self._on_enrolled()

    def _stopped(self, code: str, do: str) -> None:
        log.error("enrolment_stopped", code=code, do=do)
        self._link.down(self._timekeeper.moment(), f"enrolment-{code}")


def request(invitation: Invitation, identity: Identity) -> dict[str, Any]:
    payload = {"code_sha256": invitation.sha256, "instance": identity.instance}
    return {
        "code": normalised(invitation.code),
        "instance": identity.instance,
        "contract": CONTRACT,
        "proof": jws.seal(orjson.dumps(payload), identity.key, jws.ENROL, with_jwk=True),
    }


def enrolment_from(answer: Any, invitation: Invitation) -> Enrolment:
    try:
        district = answer["district"]
        current, successor = (jws.key_from(key) for key in district["keys"])
        pinned = Pinned(
            district=str(district["id"]),
            current=current,
            successor=successor,
            since=clock.parse(answer["now"]),
        )
        return Enrolment(
            kit=matching(KIT, answer["kit"]),
            household=matching(HOUSEHOLD, answer["household"]),
            code_sha256=invitation.sha256,
            pinned=pinned,
            heartbeat_seconds=int(answer["heartbeat_seconds"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise AwayError("enrolment-not-readable") from error


def matching(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError("not a name that the contract knows")
    return value
