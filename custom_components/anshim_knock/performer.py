"""Announces in the home what was said, answered and lost: to the event entity and the triggers.

The coordinator calls it after an effect is on the disk, after a crash once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.start import async_at_started
from homeassistant.util.signal_type import SignalType

from .const import DOMAIN
from .logic.decide import effect_done
from .logic.effects import Effect, Target
from .logic.household import CallReport, Household, Receipt
from .logic.inputs import Answered, CallEnded, Input
from .logic.words import Liveness
from .view import SourceView


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A source that can show no life any more."""

    source_id: str
    view: SourceView


type Word = Effect | Receipt | CallReport | Lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What a household says or hears: a message, an answer, how a call ended, a lost source."""

    entry_id: str
    what: Word


# Of every household: a trigger outlives the reload of the one that it listens to.
ANNOUNCED: SignalType[Announcement] = SignalType(f"{DOMAIN}_announced")


class Performer:
    """Waits until Home Assistant has started: before that no automation listens."""

    def __init__(self, hass: HomeAssistant, entry_id: str, lost: frozenset[str]) -> None:
        """`lost`: the sources whose loss has been announced before."""
        self._hass = hass
        self._entry_id = entry_id
        self._heard = False
        self._answers: list[Receipt | CallReport] = []
        self._lost = lost
        self._seen: Mapping[str, SourceView] = {}

    def start(self, when_heard: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """`when_heard` is called once somebody can hear what is announced."""

        @callback
        def started(_hass: HomeAssistant) -> None:
            self._heard = True
            when_heard()

        return async_at_started(self._hass, started)

    def hear(self, given: Input, before: Household, after: Household) -> None:
        """A person's answer or the end of a call, to be announced before what came of it."""
        match given:
            case Answered() if after.receipt is not None and after.receipt != before.receipt:
                self._answers.append(after.receipt)
            case CallEnded() if after.call is not None and after.call != before.call:
                self._answers.append(after.call)

    def see(self, sources: Mapping[str, SourceView]) -> None:
        """Announce the sources that were lost since the last look."""
        if not self._heard or sources is self._seen:
            return
        self._seen = sources
        # After a restart a source is late again before it is lost: only life makes it news anew.
        dead = {k for k, v in sources.items() if v.liveness is not Liveness.LIVE}
        lost = {k for k in dead if sources[k].liveness is Liveness.LOST}
        news = sorted(lost - self._lost)
        self._lost = frozenset(lost | (self._lost & dead))
        for key in news:
            self._send(Lost(source_id=key, view=sources[key]))

    def announce(self, state: Household) -> Household:
        """Everything that waits, in its order; the household with it taken off the list."""
        if not self._heard:
            return state
        answers, self._answers = self._answers, []
        for answer in answers:
            self._send(answer)
        for effect in state.outbox:
            if Target.HOME in effect.pending:
                self._send(effect)
                state = effect_done(state, effect, Target.HOME)
        return state

    def _send(self, what: Word) -> None:
        announcement = Announcement(entry_id=self._entry_id, what=what)
        async_dispatcher_send(self._hass, ANNOUNCED, announcement)
