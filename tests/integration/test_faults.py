"""A fault of our own beside a sign of life or a call for help: it is heard all the same."""

from collections.abc import Callable

import pytest

from custom_components.anshim_knock import journal
from custom_components.anshim_knock.logic.rhythm import Rhythm
from custom_components.anshim_knock.sources import standing
from tests.integration.house import House

type Fault = Callable[[pytest.MonkeyPatch], None]


def _nothing_can_be_noted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(journal, "says_something", None)


def _no_source_can_be_judged(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(standing, "condition", None)


def _nothing_usual_can_be_shown(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Rhythm, "usual", None)


FAULTS = pytest.mark.parametrize(
    "fault",
    [
        _nothing_can_be_noted,
        _no_source_can_be_judged,
        _nothing_usual_can_be_shown,
    ],
)


@FAULTS
async def test_a_fault_keeps_no_sign_of_life_from_ending_the_silence(
    home: House, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    await home.wait(hours=12)
    assert home.stage == "quiet"
    with monkeypatch.context() as patch:
        fault(patch)
        await home.use_door()
    await home.wait(hours=1)
    assert home.stage == "calm"


@FAULTS
async def test_a_fault_keeps_no_call_for_help_from_being_told(
    home: House, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    with monkeypatch.context() as patch:
        fault(patch)
        await home.press("help")
        await home.until(lambda: home.relay.of("emergency"))
