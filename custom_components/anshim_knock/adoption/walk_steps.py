"""The step of the source flow that proves a source: a page that ticks itself."""

from abc import abstractmethod
import asyncio
from typing import Any, override

from homeassistant.config_entries import SOURCE_USER, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.core import callback

from ..logic.words import Role
from .draft import Draft
from .screen import page, verdict
from .stations import Mark, Station
from .trial import Subject
from .walk import Walk
from .wording import Words

type Answers = dict[str, Any] | None


class WalkSteps(ConfigSubentryFlow):
    """`walk` → `seen` or `not_seen`. Whoever closes the page has added nothing."""

    def __init__(self) -> None:
        self._draft = Draft()
        self._walk: Walk | None = None
        self._waiting: asyncio.Task[None] | None = None

    async def async_step_walk(self, user_input: Answers = None) -> SubentryFlowResult:
        """Ask for a use and wait for it."""
        walk = self._walk
        if walk is None:
            station = self._draft.station(self.hass)
            walk = self._walk = Walk(self.hass, [station], beside=self._lamps_beside())
            walk.start()
        if walk.current is None:
            proved = self._proved is not None
            missed = "not_seen_socket" if self._draft.is_socket(self.hass) else "not_seen"
            return self.async_show_progress_done(next_step_id="seen" if proved else missed)
        if self._waiting is None or self._waiting.done():
            self._waiting = self.hass.async_create_background_task(walk.news(), "walk test news")
        return self.async_show_progress(
            step_id="walk",
            progress_action="walk",
            description_placeholders=page(walk, await Words.of(self.hass)),
            progress_task=self._waiting,
        )

    async def async_step_seen(self, user_input: Answers = None) -> SubentryFlowResult:
        """It works."""
        proved = self._proved
        if user_input is not None or proved is None:
            return self._keep(proved)
        words = await Words.of(self.hass)
        return self.async_show_form(
            step_id="seen",
            description_placeholders={"name": proved.title, "verdict": verdict(proved, words)},
            last_step=True,
        )

    async def async_step_not_seen(self, user_input: Answers = None) -> SubentryFlowResult:
        """Once more, later, or another one."""
        return await self._show_not_seen("not_seen", ["again", "later"])

    async def async_step_not_seen_socket(self, user_input: Answers = None) -> SubentryFlowResult:
        """Neither power nor a button of its own: such a plug shows nobody's use and is refused."""
        return await self._show_not_seen("not_seen_socket", ["again"])

    async def async_step_again(self, user_input: Answers = None) -> SubentryFlowResult:
        """From the beginning."""
        self._forget_walk()
        return await self.async_step_walk()

    async def async_step_later(self, user_input: Answers = None) -> SubentryFlowResult:
        """It stays untested, and does not count until it is proved."""
        return self._keep(None)

    async def async_step_leave(self, user_input: Answers = None) -> SubentryFlowResult:
        """Nothing changes: the old sensor stays, with its proof."""
        return self.async_abort(reason="left_as_it_was")

    @abstractmethod
    def _lamps(self) -> dict[str, Role]:
        """The lamps that are sources already: entity id and role."""

    def _lamps_beside(self) -> list[Subject]:
        return [
            Subject(key=name, role=role, entity_id=name, beside=True)
            for name, role in self._lamps().items()
            if name != self._draft.entity_id
        ]

    @abstractmethod
    def _keep(self, proved: Station | None) -> SubentryFlowResult:
        """The source flow's own next step."""

    async def _show_not_seen(self, step: str, options: list[str]) -> SubentryFlowResult:
        words = await Words.of(self.hass)
        placeholders = {"name": self._draft.title(self.hass), "noticed": ""}
        if self._walk is not None:
            placeholders["noticed"] = page(self._walk, words)["noticed"]
        return self.async_show_menu(
            step_id=step,
            menu_options=[*options, "user" if self.source == SOURCE_USER else "leave"],
            description_placeholders=placeholders,
        )

    @property
    def _proved(self) -> Station | None:
        stations = () if self._walk is None else self._walk.stations.values()
        return next((s for s in stations if s.mark is Mark.PASSED), None)

    def _forget_walk(self) -> None:
        if self._walk is not None:
            self._walk.stop()
        self._walk = None

    @callback
    @override
    def async_remove(self) -> None:
        self._forget_walk()
