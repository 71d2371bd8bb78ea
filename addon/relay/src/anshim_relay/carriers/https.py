"""Events to the district by HTTPS. Its signed ack is the proof; a status code is none."""

from collections.abc import Callable, Mapping, Sequence
from typing import override

from anshim_relay.carriers import Carrier, Verdict
from anshim_relay.carriers.proof import MOST, believed, fitting, patience_for
from anshim_relay.district import AwayError, Door, RefusedError, SessionUnknownError
from anshim_relay.identity import Pinned
from anshim_relay.outbox.owing import Owed

# Other refusals speak of the address or of us: every event would get the same one.
ABOUT_THE_EVENTS = frozenset({400, 413, 422})


class HttpsCarrier(Carrier):
    def __init__(self, door: Door, pinned: Callable[[], Pinned | None], *, place: int = 1) -> None:
        self._door = door
        self._pinned = pinned
        self._place = place

    @property
    @override
    def name(self) -> str:
        return "https" if self._place == 1 else f"https_{self._place}"

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
        body = {"events": [event.jws for event in sent]}
        try:
            answer = await self._door.post("/v1/events", body, patience=patience_for(sent))
        except SessionUnknownError as error:
            # No session is needed here: whoever asks for one is not the district.
            raise AwayError("http-401", answered=True) from error
        except RefusedError as error:
            if error.status in ABOUT_THE_EVENTS:
                raise
            raise AwayError(f"http-{error.status}", answered=True) from error
        return believed(answer, sent, pinned)
