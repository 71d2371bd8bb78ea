"""Takes every input of a household in turn, keeps what was decided, then acts.

Sources, services, entities, the timer and the relay link bring inputs; entities show `View`.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .alarm import RETRY, Alarm
from .clocks import Clocks
from .const import DOMAIN
from .issues import STATE_LOST, STORE_UNWRITABLE, Issues
from .journal import Journal
from .keeper import KEEP_AT_LEAST_EVERY, Keeper, must_keep
from .logic.clock import Reading
from .logic.decide import Decision, decide, effect_done, found_late, next_deadline
from .logic.effects import Effect, Target
from .logic.household import Household, alert_until, may_have_called
from .logic.inputs import Input, Life, Ok, Tick, Trouble, Watching
from .logic.journal import HOUSEHOLD, Mark
from .logic.rungs import Why
from .logic.settings import Settings
from .logic.words import Presence, Watch
from .past import PastReader
from .performer import Performer
from .raised import Raised
from .relay.home import LinkState
from .relay.link import RelayLink
from .relay.words import CaseNews
from .reunion import Reunion
from .rhythm import RhythmKeeper
from .sources.tracker import SourceTracker
from .sources.troubles import SourceTroubles
from .store import Kept
from .view import Explained, View, view_of

if TYPE_CHECKING:
    from .contacts.caller import ContactCaller

_LOGGER = logging.getLogger(__name__)

# The wall clock may be set at any time and nobody tells; life is kept this often, too.
LOOK_AGAIN = KEEP_AT_LEAST_EVERY
# These say that nothing changed on the ladder: the reason shown stays what it was.
_MARKS = {Presence.HOME: Mark.HOME, Presence.AWAY: Mark.AWAY, Presence.GUEST: Mark.GUEST}
_NO_REASON = frozenset(
    {Why.STANDING, Why.WATCH_CHANGED, Why.TECHNICAL, Why.RESTARTED, Why.CALL_ENDED}
)

type AnshimConfigEntry = ConfigEntry[HouseholdCoordinator]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outfit:
    """What a coordinator works with."""

    clocks: Clocks
    keeper: Keeper
    tracker: SourceTracker
    journal: Journal
    rhythm: RhythmKeeper
    past: PastReader
    performer: Performer
    link: RelayLink
    issues: Issues
    settings: Settings
    reunion: Reunion
    raised: Raised


class HouseholdCoordinator(DataUpdateCoordinator[View]):
    """One household. Whatever happens, happens in `_take`, one after the other."""

    config_entry: AnshimConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: AnshimConfigEntry, outfit: Outfit, kept: Kept
    ) -> None:
        super().__init__(hass, _LOGGER, config_entry=entry, name=DOMAIN)
        self.outfit = outfit
        self.state: Household = kept.household
        # What may be told: the part of the outbox that went through a save.
        self.sendable = kept.household.outbox
        self._heard = kept.heard
        self._case = kept.case
        self._why = kept.why
        self._link = LinkState()
        self._troubles = SourceTroubles(hass, entry, outfit.tracker, outfit.issues)
        # Tells the resident's people; set once it is there.
        self.contacts: ContactCaller | None = None
        self._watch: Watch | None = None
        self._lock = asyncio.Lock()
        self._told = asyncio.Event()
        self._alarm = Alarm(hass, outfit.clocks, self._due)
        self._stops: list[CALLBACK_TYPE] = []
        # The last one's picture, and of when it is.
        self.backtest: tuple[str, datetime] | None = None
        self.data = self._view()

    async def start(self, first: Input, *, lost: bool) -> None:
        """Bring the household up to now, then look at its sources. `lost`: its past is gone.

        What is usual here is known before anything is judged: a restart asks nobody.
        """
        now = self.outfit.clocks.read().wall
        await self.outfit.rhythm.learn(self.outfit.journal, self.state, now)
        await self.outfit.journal.resume(now)
        await self.decide(first)
        if lost or "restored" in self.state.troubles:
            await self.past_is_lost()
        self.outfit.tracker.start(
            self.submit,
            self._sources_changed,
            self._sources_gone,
            lambda at: may_have_called(self.state, at),
            lambda at: alert_until(self.state, at),
        )
        self._sources_gone()
        await self.look()

    @callback
    def speak(self) -> None:
        """From now on the home is told: whoever listens there has been set up."""
        self._stops.append(self.outfit.performer.start(lambda: self.submit(Tick())))
        self._read_the_past()

    async def stop(self) -> None:
        """Nothing that was decided or seen is lost."""
        for stop in self._stops:
            stop()
        self._stops = []
        await self.outfit.link.stop()
        async with self._lock:
            self._alarm.stop()
            await self.outfit.keeper.keep(self._kept(), self.outfit.clocks.read())
        await self.outfit.tracker.stop()
        await self._keep_journal()
        await self.outfit.rhythm.save()

    @property
    def settings(self) -> Settings:
        """What was chosen; in learned mode with what the rhythm expects of the present silence."""
        chosen = self.outfit.settings
        if not chosen.learned:
            return chosen
        return replace(chosen, expected=self.outfit.rhythm.expected(self.state))

    async def decide(
        self, given: Input, *, heard: int | None = None, case: CaseNews | None = None
    ) -> Decision:
        """Take an input. Whoever waits for it may give up; the household does not."""
        reading = self.outfit.clocks.read()
        return await asyncio.shield(
            self.config_entry.async_create_task(
                self.hass, self._take(given, reading, heard, case), f"{DOMAIN} take"
            )
        )

    @callback
    def submit(self, given: Input | None) -> None:
        """From callbacks: an input, or only something new to show."""
        if given is None:
            self._publish()
            return
        self._in_turn(given)
        if self._watch is not Watch.SEEING:
            # A use of what was seen makes it no less, but of what was not it may make it more.
            self._sources_changed()

    @callback
    def _sources_changed(self) -> None:
        """What can be seen may be other than before."""
        if (watch := self.outfit.tracker.watch()) is not self._watch:
            self._watch = watch
            self._in_turn(Watching(watch=watch))
        else:
            self._publish()
        self._see_to_sources(watch)

    @callback
    def show_backtest(self, picture: str, at: datetime) -> None:
        """A limit was tried on the past."""
        self.backtest = picture, at
        self.async_update_listeners()

    async def look(self) -> None:
        """What can be seen, for the first time."""
        self._watch = self.outfit.tracker.watch()
        await self.decide(Watching(watch=self._watch))
        self._see_to_sources(self._watch)

    async def past_is_lost(self) -> None:
        """Nobody knows when the resident was last seen: until the next sign of life."""
        self.outfit.issues.tell(STATE_LOST, raised=True)
        await self.decide(Trouble(code="restored", raised=True))

    @callback
    def proofs_changed(self) -> None:
        self.outfit.tracker.proofs_changed()
        self._read_the_past()

    def _read_the_past(self) -> None:
        """Of whatever source has been proved. Under a clock that is not set nobody knows when."""
        if self.state.clock.trusted:
            self.outfit.past.look(self.outfit.clocks.read().wall)

    async def until_told(self) -> None:
        """Returns when the relay has everything that was decided."""
        while any(Target.RELAY in effect.pending for effect in self.state.outbox):
            self._told.clear()
            await self._told.wait()

    async def delivered(self, effect: Effect) -> None:
        """The relay has it."""
        async with self._lock:
            self.state = effect_done(self.state, effect, Target.RELAY)
            await self._keep(self.outfit.clocks.read())
            self.sendable = self.state.outbox
        self._told.set()
        self._publish()

    async def link_is(self, link: LinkState) -> None:
        self._link = link
        self._publish()

    def _in_turn(self, given: Input) -> None:
        reading = self.outfit.clocks.read()
        self.config_entry.async_create_task(
            self.hass, self._take(given, reading, None, None), f"{DOMAIN} take"
        )

    async def _take(
        self, given: Input, reading: Reading, heard: int | None, case: CaseNews | None
    ) -> Decision:
        """One input.

        1. The clocks were read where it entered. 2. Decide. 3. Keep, before anything is said.
        4. Show. 5. Announce at home, and let the link tell the relay. 6. Arm the timer.
        """
        async with self._lock:
            self._alarm.before_a_step()
            self.outfit.reunion.hear(given, reading.wall)
            before = self.state
            decision = self._apply(given, reading)
            self._heard = self._heard if heard is None else heard
            self._case = case or self._case
            if self._must_keep(before, reading) or heard is not None or case is not None:
                await self._keep(reading)
            self._publish()
            self.outfit.performer.hear(given, before, self.state)
            await self._announce(reading)
            if self.state.consented is not before.consented:
                # Whoever listens for this home is to know from now on whether it may.
                self.outfit.link.report()
            self._alarm.after_a_step(self._until_next(reading))
            return decision

    def _apply(self, given: Input, reading: Reading) -> Decision:
        presence = self.state.stay.kind
        decision = decide(self.state, given, reading, self.settings)
        self.state = decision.state
        if (now_is := self.state.stay.kind) is not presence:
            self.outfit.journal.note(reading.wall, HOUSEHOLD, _MARKS[now_is])
        if decision.why not in _NO_REASON and not decision.refused:
            self._why = decision.why
        if isinstance(given, Life | Ok) and "restored" in self.state.troubles:
            # From here on the home knows again when somebody was last seen.
            self.outfit.issues.tell(STATE_LOST, raised=False)
            self._apply(Trouble(code="restored", raised=False), reading)
        return decision

    async def _rejoin(self, kept: Kept) -> None:
        """What the disk did not give out at the start.

        1. Join it. 2. Take what was seen meanwhile: an alert of its own only a person closes.
        3. Keep, before anything is said.
        """
        async with self._lock:
            reading = self.outfit.clocks.read()
            alone = not self.state.episodes
            back = self.outfit.reunion.back
            self.state = found_late(kept.household, self.state, reading, self.settings, back=back)
            self.outfit.journal.note(reading.wall, HOUSEHOLD, _MARKS[self.state.stay.kind])
            self._heard, self._case = max(self._heard, kept.heard), self._case or kept.case
            if alone:
                self._why = kept.why
            if alone and (life := self.outfit.reunion.life) is not None:
                self._apply(life, reading)
            self.outfit.issues.tell(STATE_LOST, raised=False)
            self._apply(Trouble(code="restored", raised=False), reading)
            await self._keep(reading)
            self._publish()
            await self._announce(reading)
            self._alarm.after_a_step(self._until_next(reading))

    def _must_keep(self, before: Household, reading: Reading) -> bool:
        return self.outfit.keeper.due(reading) or must_keep(before, self.state)

    async def _keep(self, reading: Reading) -> None:
        """A disk that fails, or works again, is news of its own; the ladder goes on from memory."""
        keeper = self.outfit.keeper
        ok = await keeper.keep(self._kept(), reading)
        if ok is not ("store" in self.state.troubles):
            return
        self.outfit.issues.tell(STORE_UNWRITABLE, raised=not keeper.ok)
        self._apply(Trouble(code="store", raised=not keeper.ok), reading)
        if keeper.ok:
            await keeper.keep(self._kept(), reading)

    def _kept(self) -> Kept:
        return Kept(household=self.state, heard=self._heard, case=self._case, why=self._why)

    async def _announce(self, reading: Reading) -> None:
        announced = self.outfit.performer.announce(self.state)
        if announced is not self.state:
            self.state = announced
            await self._keep(reading)
        if self.state.outbox != self.sendable:
            self.sendable = self.state.outbox
            self.outfit.link.wake()

    def _until_next(self, reading: Reading) -> timedelta:
        """To whatever comes first."""
        deadlines = (
            next_deadline(self.state, self.settings),
            self.outfit.tracker.next_change(),
            self._troubles.next_change(),
        )
        waits = [max(due - reading.wall, timedelta(0)) for due in deadlines if due is not None]
        outfit = self.outfit
        soon = outfit.tracker.asks_again or not outfit.keeper.ok or outfit.reunion.waits
        latest = RETRY if soon else LOOK_AGAIN
        return min([*waits, latest])

    @callback
    def _due(self) -> None:
        try:
            self.outfit.tracker.look()
            self._sources_changed()
        finally:
            # Whatever is wrong with a source, the ladder's own deadlines are looked at.
            self._in_turn(Tick())
        self.outfit.reunion.look(self._rejoin)
        if self.outfit.journal.due(self.outfit.clocks.read().wall):
            self.config_entry.async_create_task(
                self.hass, self._keep_journal(), f"{DOMAIN} journal"
            )

    async def _keep_journal(self) -> None:
        await self.outfit.journal.keep(self.outfit.clocks.read().wall)

    @callback
    def _see_to_sources(self, watch: Watch) -> None:
        reading = self.outfit.clocks.read()
        for trouble in self._troubles.look(reading.wall, watch, self.state.troubles):
            self._in_turn(trouble)
        self._alarm.no_later_than(self._until_next(reading))

    @callback
    def _sources_gone(self) -> None:
        if (trouble := self._troubles.gone(self.state.troubles)) is not None:
            self._in_turn(trouble)

    @callback
    def _publish(self) -> None:
        """Whatever is wrong with an entity or with what it shows, what was decided is acted on."""
        try:
            if (view := self._view()) != self.data:
                self.async_set_updated_data(view)
            self.outfit.performer.see(view.sources)
        except Exception:
            _LOGGER.exception("What is known of the household cannot be shown")

    def _view(self) -> View:
        return view_of(
            self.state,
            self.settings,
            why=self._why,
            case=self._case,
            link=self._link,
            explained=self._explained(),
            sources=self.outfit.tracker.views,
        )

    def _explained(self) -> Explained:
        rhythm = self.outfit.rhythm
        spoke = self.config_entry.subentries.get(rhythm.last_source)
        return Explained(usual=rhythm.usual(), last_source=None if spoke is None else spoke.title)
