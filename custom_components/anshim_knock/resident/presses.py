"""Presses on the page, each decided once however often it arrives.

The page repeats a press until it hears an answer, and an answer may be lost on its way.
"""

import asyncio

from homeassistant.core import HomeAssistant

from ..coordinator import HouseholdCoordinator
from ..logic.decide import Decision
from ..logic.inputs import Input

# More than a page can have on its way at once, whoever leans on the buttons.
_REMEMBERED = 64


class Presses:
    """The newest of all households. A restart forgets them: rather decided twice than never."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._answers: dict[str, asyncio.Task[Decision]] = {}

    async def decided(self, press: str, household: HouseholdCoordinator, given: Input) -> Decision:
        """The decision on this press; a repeat gets the first one's."""
        if (answer := self._answers.get(press)) is None:
            answer = self._hass.async_create_task(household.decide(given), "anshim_knock press")
            self._answers[press] = answer
            answer.add_done_callback(lambda done: self._forget_failed(press, done))
            if len(self._answers) > _REMEMBERED:
                self._answers.pop(next(iter(self._answers)))
        return await asyncio.shield(answer)

    def _forget_failed(self, press: str, done: asyncio.Task[Decision]) -> None:
        """What failed may be tried again."""
        if done.cancelled() or done.exception() is not None:
            self._answers.pop(press, None)
