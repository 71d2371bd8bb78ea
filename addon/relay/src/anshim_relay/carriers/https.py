"""Events to the district by HTTPS. Its signed ack is the proof; a status code is none."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, override

from anshim_relay import jws
from anshim_relay.carriers import Answer, Carrier, Verdict
from anshim_relay.district import AwayError, District, RefusedError, SessionUnknownError
from anshim_relay.identity import Pinned
from anshim_relay.outbox.outbox import Owed

MOST = 100
# 1 MiB at most, with room for the array around the events.
MOST_BYTES = 1024 * 1024 - 4096
# Other refusals speak of the address or of us: every event would get the same one.
ABOUT_THE_EVENTS = frozenset({400, 413, 422})
URGENT_PATIENCE_S = 10.0
PATIENCE_S = 25.0


class HttpsCarrier(Carrier):
    def __init__(self, district: District, pinned: Callable[[], Pinned | None]) -> None:
        self._district = district
        self._pinned = pinned

    @property
    @override
    def name(self) -> str:
        return "https"

    @property
    @override
    def most(self) -> int:
        return MOST

    @override
    async def carry(self, events: Sequence[Owed], *, urgent: bool) -> Mapping[int, Verdict]:
        pinned = self._pinned()
        if pinned is None:
            raise AwayError("not-enrolled")
        sent = fitting(events)
        patience = URGENT_PATIENCE_S if urgent else PATIENCE_S
        try:
            answer = await self._district.post(
                "/v1/events", {"events": [event.jws for event in sent]}, patience=patience
            )
        except SessionUnknownError as error:
            # No session is needed here: whoever asks for one is not the district.
            raise AwayError("http-401") from error
        except RefusedError as error:
            if error.status in ABOUT_THE_EVENTS:
                raise
            raise AwayError(f"http-{error.status}") from error
        found = verdicts(answer, sent, pinned)
        if not found:
            raise AwayError("ack-proves-nothing")
        return found


def fitting(events: Sequence[Owed]) -> list[Owed]:
    """As many as one request takes, all of one kit: an ack names only one."""
    sent: list[Owed] = []
    size = 0
    for event in events:
        size += len(event.jws) + 3
        if sent and (size > MOST_BYTES or event.kit != sent[0].kit):
            break
        sent.append(event)
    return sent


def verdicts(answer: Any, sent: Sequence[Owed], pinned: Pinned) -> Mapping[int, Verdict]:
    """Nothing counts but a result with the right id and the right digest under a pinned key."""
    results = proven(answer, sent[0].kit, pinned)
    rows = {(event.id, event.digest): event.row for event in sent}
    found: dict[int, Verdict] = {}
    for result in results:
        row = rows.get((str(result.get("id")), str(result.get("digest"))))
        status = result.get("status")
        if row is not None and status in set(Answer):
            reason = result.get("reason")
            found[row] = Verdict(
                answer=Answer(status), reason=reason if isinstance(reason, str) else None
            )
    return found


def proven(answer: Any, kit: str, pinned: Pinned) -> list[dict[str, Any]]:
    try:
        ack = jws.unseal(answer["ack"], pinned.keys, jws.ACK)
        # A district that knows none of our keys acknowledges to nobody in particular.
        if ack["kit"] not in {kit, None}:
            raise AwayError("ack-for-another-kit")
        return [result for result in ack["results"] if isinstance(result, dict)]
    except jws.UntrustedError as error:
        raise AwayError("ack-not-verified") from error
    except (KeyError, TypeError) as error:
        raise AwayError("ack-not-readable") from error
