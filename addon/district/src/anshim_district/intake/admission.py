"""Around what kits send: read whole, counted, let in by the gate, answered in the contract's words.

Put around its handlers by `kits_side`. A question that stays open, and what is not a kit's, take
nobody's place and pass by here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
import time

from aiohttp import web
from aiohttp.typedefs import Handler

from ..bodies import read_json
from ..metrics.counted import EVENTS, HEARTBEATS, Figures
from ..problems import Problem, answer_to
from .gate import Gate, Urgency, urgency_of
from .known_kits import KnownKits

type Hearing = Callable[[web.Request, bytes], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    gate: Gate
    kits: KnownKits
    figures: Figures

    def talk(self, hear: Hearing) -> Handler:
        """What comes now and then, and is in no hurry."""
        return partial(self._answer, partial(self._in_turn, hear, Urgency.REST))

    def heartbeats(self, hear: Hearing) -> Handler:
        return partial(self._count, HEARTBEATS, partial(self._in_turn, hear, Urgency.REST))

    def events(self, hear: Hearing) -> Handler:
        """Calls for help go before all others."""
        return partial(self._count, EVENTS, partial(self._by_urgency, hear))

    async def _answer(self, hear: Hearing, request: web.Request) -> web.StreamResponse:
        try:
            return await hear(request, await read_json(request))
        except ConnectionError:
            raise  # whoever asked has gone
        except Exception as error:  # noqa: BLE001 - a kit is always answered in the contract's words
            return answer_to(error, request.path)

    async def _count(self, kind: str, hear: Hearing, request: web.Request) -> web.StreamResponse:
        """Around the gate: who waits there waits for us. Whoever takes it in counts that."""
        began = time.perf_counter()
        try:
            body = await read_json(request)
            # whoever sends slowly waits for himself
            began = time.perf_counter()
            return await hear(request, body)
        except ConnectionError:
            raise  # whoever asked has gone
        except Exception as error:  # noqa: BLE001 - a kit is always answered in the contract's words
            self.figures.heard[kind, "refused", _reason(error)] += 1
            return answer_to(error, request.path)
        finally:
            self.figures.intake[kind].took(time.perf_counter() - began)

    async def _by_urgency(
        self, hear: Hearing, request: web.Request, body: bytes
    ) -> web.StreamResponse:
        urgency, call = await urgency_of(body, self.kits, self.gate)
        if call is None:
            return await self._in_turn(hear, urgency, request, body)
        with self.gate.call(call):
            return await self._in_turn(hear, urgency, request, body)

    async def _in_turn(
        self, hear: Hearing, urgency: Urgency, request: web.Request, body: bytes
    ) -> web.StreamResponse:
        # only now: whoever sends slowly, or never ends, holds up nobody
        async with self.gate.place(urgency):
            if request.transport is None:
                raise Problem.of("unavailable", 503, "Whoever asked has gone.")
            return await hear(request, body)


def _reason(error: Exception) -> str:
    """A closed word: what was sent is no part of it."""
    if isinstance(error, Problem):
        return error.code
    return f"http_{error.status}" if isinstance(error, web.HTTPException) else "unavailable"
