"""Who may end what: every reason a home can give, against every stage, taken by somebody or not."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from anshim_district.cases.decide import decide
from anshim_district.cases.happenings import Alarm, Answers, Over
from anshim_district.cases.model import File, Ledger, Times
from anshim_district.cases.words import Answer, Stage

START = datetime(2026, 11, 22, tzinfo=UTC)
TIMES = Times()
LIFE = {"activity", "resident", "elsewhere", "taken_back"}
SAID_BY_OTHERS = {"guardian", "consent_withdrawn"}
UNKNOWN = {"moonlight", "activity2"}
EVERYBODY = sorted(LIFE | SAID_BY_OTHERS | UNKNOWN | {"staff"})
BELOW_VISIT = [Stage.QUIET, Stage.UNKNOWN, Stage.KNOCK]

ENDS = (
    {(stage, is_held, by) for stage in Stage for is_held in (True, False) for by in ("staff",)}
    | set(product(BELOW_VISIT, (True, False), LIFE | SAID_BY_OTHERS))
    | set(product([Stage.VISIT], [False], LIFE))
    | {(Stage.EMERGENCY, False, "taken_back")}
)


@pytest.mark.parametrize("by", EVERYBODY)
@pytest.mark.parametrize("is_held", [True, False], ids=["held", "free"])
@pytest.mark.parametrize("stage", [*BELOW_VISIT, Stage.VISIT, Stage.EMERGENCY])
def test_a_home_ends_a_case_only_where_the_contract_lets_it(
    stage: Stage,
    by: str,
    is_held: bool,
) -> None:
    file = File(ledger=Ledger(household="h-test0000"))
    alarm = Alarm(
        id="a", stage=stage, cause="c", episode=1, version=1, said="first", happened=START
    )
    file = decide(file, alarm, times=TIMES, now=START).file
    (case,) = file.cases
    if is_held:
        hold = Answers(case=case.id, answer=Answer.HOLD, by="kim")
        file = decide(file, hold, times=TIMES, now=START).file
    later = START + timedelta(minutes=1)
    over = Over(episode=1, version=2, by=by, happened=later)
    decision = decide(file, over, times=TIMES, now=later)
    now_is = decision.file.case(case.id)
    assert now_is is not None
    assert now_is.is_open is ((stage, is_held, by) not in ENDS)
    # whether it ends or not, a person can read that the home said so
    assert "resolved" in [getattr(effect, "code", None) for effect in decision.effects]
