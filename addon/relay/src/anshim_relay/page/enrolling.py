"""A code typed on the page, or the text of a QR code: through the door, then to the district."""

from collections.abc import Mapping
from dataclasses import dataclass

from anshim_relay import log
from anshim_relay.address import Address
from anshim_relay.district import AwayError, RefusedError
from anshim_relay.enrolment import Enroller, WrongDistrictError, WrongHomeError
from anshim_relay.invitation import BadInvitationError, Invitation, Wrong, invitation_from

CODE, ADDRESS, KEY = Wrong


@dataclass(frozen=True, kw_only=True)
class Entered:
    """What stands in the form; `wrong` is a text's key, `at` the field that it is about."""

    code: str = ""
    url: str = ""
    key: str = ""
    wrong: str = ""
    at: Wrong = CODE
    reason: str = ""


class Enrolling:
    def __init__(self, enroller: Enroller, address: Address, district_key: str) -> None:
        self._enroller = enroller
        self._address = address
        # Who wrote it into the options meant this district and no other.
        self._district_key = district_key

    async def enter(self, form: Mapping[str, object]) -> Entered:
        """1. through the door; 2. the address is on the disk; 3. the district is asked."""
        code, url, key = (plain(form, name) for name in ("code", "url", "key"))
        try:
            invitation = invitation_from(code, url=url, key=key or self._district_key)
            self._check(invitation)
        except BadInvitationError as error:
            return Entered(code=code, url=url, key=key, wrong=f"wrong.{error.what}", at=error.what)
        if invitation.url and not self._address.is_fixed:
            self._address.enter(invitation.url)
        wrong, at, reason = await self._asked(invitation)
        return Entered(code=code, url=url, key=key, wrong=wrong, at=at, reason=reason)

    def _check(self, invitation: Invitation) -> None:
        if not invitation.code:
            raise BadInvitationError(Wrong.CODE, "There is no code.")
        if not (invitation.url or self._address.url):
            raise BadInvitationError(Wrong.ADDRESS, "Nobody knows where the district is.")
        moved = self._address.is_fixed and invitation.url not in {"", self._address.url}
        if moved:
            raise BadInvitationError(Wrong.ADDRESS, "The options name another district.")

    async def _asked(self, invitation: Invitation) -> tuple[str, Wrong, str]:
        """A lost answer is no harm: the same code with the same key gets it again."""
        try:
            await self._enroller.enrol(invitation)
        except AwayError as error:
            return "wrong.away", ADDRESS, error.reason
        except RefusedError as error:
            log.warning("enrolment_refused", status=error.status, code=error.code)
            return "wrong.refused", CODE, error.code
        except WrongHomeError:
            log.error("enrolment_refused", code="other-household")
            return "wrong.household", CODE, ""
        except WrongDistrictError:
            log.error("enrolment_refused", code="district-key-differs")
            return "wrong.stranger", KEY, ""
        return "", CODE, ""


def plain(form: Mapping[str, object], name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""
