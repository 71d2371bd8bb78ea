"""The household as its relay link sees it: the link's port, answered by the coordinator."""

from collections.abc import Mapping
from typing import override

from .coordinator import HouseholdCoordinator
from .issues import KIT_REVOKED, KIT_UNKNOWN, RELAY_FULL, RELAY_LOST, RELAY_REFUSES
from .logic.clock import Reading
from .logic.effects import Effect, Json, untold
from .logic.inputs import OutrunVersion, Tick, Trouble
from .relay.home import Home, LinkState
from .relay.words import CaseNews, ReportNow, Word
from .view import condition_of


class HouseholdHome(Home):
    """Made once per set-up and given to the link."""

    def __init__(self, coordinator: HouseholdCoordinator, *, reborn: bool) -> None:
        self._coordinator = coordinator
        # Without a past of its own, a household's first numbers may be taken already.
        self._reborn = reborn

    @property
    @override
    def household(self) -> str:
        return self._coordinator.state.id

    @property
    @override
    def heard(self) -> int:
        return self._coordinator.outfit.keeper.heard

    @override
    def waiting(self) -> tuple[Effect, ...]:
        return untold(self._coordinator.sendable)

    @override
    def condition(self) -> tuple[Reading, Mapping[str, Json], bool]:
        home = self._coordinator
        reading = home.outfit.clocks.read()
        condition = condition_of(
            home.state,
            home.settings,
            home.outfit.tracker.lives(),
            reading.wall,
            store_ok=home.outfit.keeper.ok,
        )
        return reading, condition, home.state.clock.trusted

    @override
    async def delivered(self, effect: Effect) -> None:
        await self._coordinator.delivered(effect)

    @override
    async def outrun(self, version: int, *, conflict: bool) -> None:
        """A relay that knows more of us than we do: this state came from a backup."""
        ahead = version > self._coordinator.state.version
        taken = conflict or ahead or (self._reborn and version > 0)
        self._reborn = False
        if taken:
            # Above what is still untold, too: a conflict that moves nothing would never end.
            version = max(version, min((e.version for e in self.waiting()), default=0))
        await self._coordinator.decide(OutrunVersion(version=version, conflict=taken))
        if taken:
            await self._coordinator.past_is_lost()

    @override
    async def heed(self, number: int, word: Word | None) -> None:
        match word:
            case None:
                await self._coordinator.decide(Tick(), heard=number)
            case CaseNews():
                await self._coordinator.decide(Tick(), heard=number, case=word)
            case ReportNow():
                self._coordinator.outfit.link.report()
                await self._coordinator.decide(Tick(), heard=number)
            case given:
                await self._coordinator.decide(given, heard=number)

    @override
    async def start_hearing_anew(self) -> None:
        await self._coordinator.decide(Tick(), heard=0)

    @override
    async def link_is(self, state: LinkState) -> None:
        await self._coordinator.link_is(state)

    @override
    async def relay_lost(self, *, lost: bool) -> None:
        self._coordinator.outfit.issues.tell(RELAY_LOST, raised=lost)
        await self._coordinator.decide(Trouble(code="relay", raised=lost))

    @override
    def relay_full(self, *, full: bool) -> None:
        self._coordinator.outfit.issues.tell(RELAY_FULL, raised=full)

    @override
    def relay_refuses(self, code: str | None) -> None:
        self._coordinator.outfit.issues.tell(
            RELAY_REFUSES, raised=code is not None, reason=code or ""
        )

    @override
    def kit_unknown(self, *, unknown: bool) -> None:
        self._coordinator.outfit.issues.tell(KIT_UNKNOWN, raised=unknown)

    @override
    def kit_revoked(self, *, revoked: bool) -> None:
        self._coordinator.outfit.issues.tell(KIT_REVOKED, raised=revoked)

    @override
    def ask_for_token(self) -> None:
        entry, hass = self._coordinator.config_entry, self._coordinator.hass
        entry.async_start_reauth(hass)
