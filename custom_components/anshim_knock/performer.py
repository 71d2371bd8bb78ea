"""Announces effects in the home: to the event entity, and to whoever listens on the signal.

The coordinator calls it after an effect is on the disk, after a crash once more.
"""

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.start import async_at_started
from homeassistant.util.signal_type import SignalType

from .const import DOMAIN
from .logic.decide import effect_done
from .logic.effects import Effect, Target
from .logic.household import Household


def announcements(entry_id: str) -> SignalType[Effect]:
    """The signal on which a household's effects are announced."""
    return SignalType(f"{DOMAIN}_{entry_id}_announced")


class Performer:
    """Waits until Home Assistant has started: before that no automation listens."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._hass = hass
        self._signal = announcements(entry_id)
        self._heard = False

    def start(self, when_heard: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """`when_heard` is called once somebody can hear what is announced."""

        @callback
        def started(_hass: HomeAssistant) -> None:
            self._heard = True
            when_heard()

        return async_at_started(self._hass, started)

    def announce(self, state: Household) -> Household:
        """Everything that waits, in its order; the household with it taken off the list."""
        if not self._heard:
            return state
        for effect in state.outbox:
            if Target.HOME in effect.pending:
                async_dispatcher_send(self._hass, self._signal, effect)
                state = effect_done(state, effect, Target.HOME)
        return state
