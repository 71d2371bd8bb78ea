"""What is pressed in a call by SIP, and when it counts. Without a telephone."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from anshim_district.reach.outbox import Result
from anshim_district.reach.sip.control import Said
from anshim_district.reach.sip.talk import Talk

WELL, HELP, SILENT = (Result.ANSWERED, "1"), (Result.ANSWERED, "2"), (Result.ANSWERED, "")


@dataclass(frozen=True, kw_only=True)
class Scripted:
    """A line on which this happens."""

    happens: tuple[tuple[str, str], ...]
    # nothing more is ever heard of it
    goes_on: bool = False

    async def events(self) -> AsyncIterator[Said]:
        for type_, param in self.happens:
            yield Said(type=type_, direction="outgoing", param=param)
        if self.goes_on:
            await asyncio.Event().wait()

    async def play(self, sound: Path) -> None:
        """Nobody listens."""


def came_of(*happens: tuple[str, str], goes_on: bool = False) -> list[tuple[Result, str]]:
    heard: list[tuple[Result, str]] = []

    async def hear(result: Result, digit: str) -> None:
        heard.append((result, digit))

    talk = Talk(digits="12", question=Path("q"), thanks=Path("t"), heard=hear)
    wire = Scripted(happens=happens, goes_on=goes_on)
    asyncio.run(talk.follow(wire, ring_s=0.05 if goes_on else 5))
    return heard


ANSWERED: Final = ("CALL_ESTABLISHED", "")
CLOSED: Final = ("CALL_CLOSED", "Connection reset by peer")


@pytest.mark.parametrize(
    ("happens", "outcome"),
    [
        ([("CALL_DTMF_START", "1"), ANSWERED, CLOSED], [SILENT]),
        ([("CALL_DTMF_START", "1"), ("CALL_CLOSED", "480 Gone")], [(Result.NO_ANSWER, "")]),
        ([ANSWERED, ("CALL_DTMF_START", "2"), ("CALL_DTMF_START", "1"), CLOSED], [HELP]),
        ([ANSWERED, ("CALL_DTMF_START", "1"), ("CALL_DTMF_START", "1"), CLOSED], [WELL]),
        ([ANSWERED, ("CALL_DTMF_START", "12"), ("CALL_DTMF_START", ""), CLOSED], [SILENT]),
        ([("CALL_CLOSED", "Connection timed out")], [(Result.FAILED, "")]),
        ([("CALL_CLOSED", "480 Temporarily Unavailable")], [(Result.NO_ANSWER, "")]),
        ([("CALL_CLOSED", "603 Decline")], [(Result.NO_ANSWER, "")]),
        ([("CALL_CLOSED", "600 Busy Everywhere")], [(Result.BUSY, "")]),
    ],
)
def test_only_what_is_pressed_after_answering_counts_and_help_is_not_taken_back(
    happens: list[tuple[str, str]], outcome: list[tuple[Result, str]]
) -> None:
    assert came_of(*happens) == outcome


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ((), Result.FAILED),
        (("CALL_PROGRESS",), Result.NO_ANSWER),
        (("CALL_RINGING",), Result.NO_ANSWER),
    ],
    ids=["nothing", "a ring-back tone", "that it rings"],
)
def test_only_where_the_exchange_said_anything_was_there_somebody_who_did_not_answer(
    said: tuple[str, ...], result: Result
) -> None:
    assert came_of(*((word, "") for word in said), goes_on=True) == [(result, "")]
