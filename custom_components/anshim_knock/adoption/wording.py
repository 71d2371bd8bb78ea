"""Sentences that are put together while a flow runs, in Home Assistant's language.

Labels and placeholders of a flow are not translated by the frontend: they are made here, out of the
same files of texts.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from .candidates import Candidate
from .fitness import Said, Warn

_GROUP = "selector"
# A new line within a paragraph, in Markdown.
BREAK = "  \n"


class Words:
    """The texts of one language, loaded once per step."""

    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = texts

    @classmethod
    async def of(cls, hass: HomeAssistant) -> Self:
        """Load them."""
        return cls(await async_get_translations(hass, hass.config.language, _GROUP, {DOMAIN}))

    def say(self, group: str, key: str, **given: object) -> str:
        """One text with its numbers filled in. Its key where it is missing: never an empty line."""
        text = self._texts.get(f"component.{DOMAIN}.{_GROUP}.{group}.options.{key}", key)
        return text.format(**given)

    def points(self, points: Iterable[Said]) -> str:
        """What a candidate is, in one line."""
        return ", ".join(self.say("point", said.point, number=said.number) for said in points)

    def label(self, candidate: Candidate) -> str:
        """A candidate's name, what speaks for it, and whether there is a catch."""
        parts = [self.points(candidate.fitness.points)]
        parts += [self.say("warning_short", warn) for warn in candidate.fitness.warnings]
        reasons = ", ".join(filter(None, parts))
        return f"{candidate.name} – {reasons}" if reasons else candidate.name

    def warnings(self, warnings: Iterable[Warn]) -> str:
        """Each warning with what to do about it; a sentence that says so where there is none."""
        lines = [f"- {self.say('warning', warn)}" for warn in warnings]
        return "\n".join(lines) or self.say("advice", "nothing_against")


def clock_time(moment: datetime) -> str:
    """The time on the wall of this home."""
    return dt_util.as_local(moment).strftime("%H:%M:%S")
