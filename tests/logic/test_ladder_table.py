"""The ladder is total: every sign has a row in every standing, every row can be acted out."""

import ast
from pathlib import Path
import subprocess
import sys

import pytest

from custom_components.anshim_knock.logic import ladder
from custom_components.anshim_knock.logic.acts import ACTS
from custom_components.anshim_knock.logic.deadlines import SIGN_OF
from custom_components.anshim_knock.logic.inputs import Deadline
from custom_components.anshim_knock.logic.ladder import TABLE
from custom_components.anshim_knock.logic.reasons import SENTENCES
from custom_components.anshim_knock.logic.rungs import Act, Row, Sign, Standing, Why
from custom_components.anshim_knock.logic.words import Stage

LOGIC = Path(ladder.__file__).parent
EVERYWHERE = [(sign, here) for sign in Sign for here in Standing]
STAGE_OF = {
    Standing.OFF: Stage.CALM,
    Standing.CALM: Stage.CALM,
    Standing.AWAY: Stage.CALM,
    Standing.QUIET: Stage.QUIET,
    Standing.KNOCK: Stage.KNOCK,
    Standing.VISIT: Stage.VISIT,
    Standing.OWNED_VISIT: Stage.VISIT,
    Standing.LAPSED_VISIT: Stage.VISIT,
    Standing.EMERGENCY: Stage.EMERGENCY,
    Standing.OWNED_EMERGENCY: Stage.EMERGENCY,
}


def rows() -> list[Row]:
    return [TABLE[sign][here] for sign, here in EVERYWHERE]


@pytest.mark.parametrize("sign", Sign)
def test_every_sign_has_a_row_in_every_standing(sign: Sign) -> None:
    assert set(TABLE[sign]) == set(Standing)


def test_the_table_knows_no_other_signs() -> None:
    assert set(TABLE) == set(Sign)


def test_every_stage_can_be_reached() -> None:
    assert {row.next for row in rows()} == {None, *Stage}


def test_every_act_has_a_function_and_is_used() -> None:
    assert set(ACTS) == set(Act)
    assert {act for row in rows() for act in row.do} == set(Act)


def test_every_reason_has_a_sentence_and_is_used() -> None:
    assert set(SENTENCES) == set(Why)
    assert {row.why for row in rows()} == set(Why)
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())


def test_every_deadline_is_a_sign() -> None:
    assert set(SIGN_OF) == set(Deadline)


def test_without_consent_nothing_moves_but_consent_itself() -> None:
    allowed = {
        Sign.CONSENT_GIVEN: (Act.CONSENT,),
        Sign.WATCH_CHANGED: (Act.SEE,),
        Sign.RESTARTED: (Act.LOSE_SIGHT,),
    }
    for sign in Sign:
        row = TABLE[sign][Standing.OFF]
        assert row.next is None
        assert row.do == allowed.get(sign, ())


def test_a_refused_row_does_nothing() -> None:
    assert all(row.next is None and row.do == () for row in rows() if row.refused)


ONLY_A_PERSON_CLOSES = (
    Standing.OWNED_VISIT,
    Standing.LAPSED_VISIT,
    Standing.EMERGENCY,
    Standing.OWNED_EMERGENCY,
)


def test_only_a_person_ends_an_emergency_or_a_visit_that_somebody_took() -> None:
    for here in ONLY_A_PERSON_CLOSES:
        ends = {sign for sign in Sign if TABLE[sign][here].next is Stage.CALM}
        # A call that was none is taken back within seconds, before anybody has it.
        taken_back = {Sign.TAKEN_BACK} if here is Standing.EMERGENCY else set()
        assert ends == {Sign.HANDLED_SEEN, Sign.FOUND_DEAD} | taken_back


def test_no_row_goes_down_the_ladder_but_to_calm() -> None:
    order = list(Stage)
    for sign, here in EVERYWHERE:
        goes = TABLE[sign][here].next
        if goes not in {None, Stage.CALM}:
            assert order.index(goes) > order.index(STAGE_OF[here])


def test_whoever_becomes_calm_has_resolved_and_given_back_the_case() -> None:
    for sign, here in EVERYWHERE:
        row = TABLE[sign][here]
        if row.next is Stage.CALM:
            assert {Act.RESOLVE, Act.DISOWN} <= set(row.do)


def test_whoever_climbs_says_so_and_arms_the_next_rung() -> None:
    for row in rows():
        if row.next not in {None, Stage.CALM}:
            assert row.do[-2:] == (Act.SAY, Act.ARM)


def test_a_new_episode_begins_exactly_where_the_home_leaves_calm_or_help_is_called() -> None:
    for sign, here in EVERYWHERE:
        row = TABLE[sign][here]
        leaves_calm = STAGE_OF[here] is Stage.CALM and row.next is not None
        help_called = row.next is Stage.EMERGENCY
        assert (Act.BEGIN in row.do) == (leaves_calm or help_called)


def test_only_life_people_and_returns_move_the_silence() -> None:
    movers = {sign for sign, here in EVERYWHERE if Act.LIFE in TABLE[sign][here].do}
    assert movers == {
        Sign.INSIDE_LIFE,
        Sign.OUTER_DOOR,
        # Where nobody has asked, nobody comes to look.
        Sign.GUARDIANS_STEPS,
        Sign.PHONE_LIFE,
        Sign.LIFE_ELSEWHERE,
        Sign.STALE_LIFE,
        Sign.RESIDENT_OK,
        Sign.TAKEN_BACK,
        Sign.HANDLED_SEEN,
    }


# Nothing that knows a clock, a disk or a network.
PURE = frozenset(
    {
        *("bisect", "collections", "dataclasses", "datetime", "enum", "html", "itertools"),
        *("math", "operator", "re", "statistics", "types", "typing", "zlib"),
    }
)


@pytest.mark.parametrize("file", sorted(LOGIC.rglob("*.py")), ids=lambda file: str(file.stem))
def test_logic_imports_only_itself_and_what_knows_no_clock(file: Path) -> None:
    deepest = len(file.relative_to(LOGIC).parts)
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert {alias.name.split(".")[0] for alias in node.names} <= PURE
        if isinstance(node, ast.ImportFrom):
            assert node.level <= deepest
            assert node.level or (node.module or "").split(".")[0] in PURE


@pytest.mark.parametrize(
    "planted",
    [
        "import asyncio",
        "import time",
        "from homeassistant.core import HomeAssistant",
        "import aiohttp",
        "from ..coordinator import HouseholdCoordinator",
        "from datetime import datetime\n\nNOW = datetime.now()",
        "import random",
    ],
)
def test_the_fence_around_logic_refuses_a_planted_import(planted: str) -> None:
    found = subprocess.run(
        [
            sys.executable,
            *("-m", "ruff", "check", "--no-cache", "--output-format=concise"),
            *("--stdin-filename", str(LOGIC / "planted.py"), "-"),
        ],
        input=f'"""Planted."""\n\n{planted}\n',
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1
    assert "TID25" in found.stdout
