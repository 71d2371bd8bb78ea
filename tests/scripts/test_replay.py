"""`scripts/replay` as a person or another program starts it."""

from pathlib import Path
import subprocess

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
REPLAY = CHECKOUT / "scripts/replay"
# Saturday, 1 August 2026, 08:00 on the kitchen clock.
EIGHT = 1785571200
HOUR, DAY = 3600, 86400


def asked(*lines: str, rung: str = "call") -> list[float]:
    done = subprocess.run(
        [REPLAY, "--stdin", "--rung", rung],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(line) for line in done.stdout.splitlines()]


def told(log: Path, *options: str) -> str:
    done = subprocess.run([REPLAY, log, *options], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten days with the fridge opened every two hours from 8 to 20, and one day without."""
    rows = [
        f"2026-08-{day:02}T{hour:02}:00:00,fridge,item,{value}"
        for day in range(1, 11)
        if day != 8
        for hour in range(8, 21, 2)
        for value in (1, 0)
    ]
    path = tmp_path_factory.mktemp("log") / "home.csv"
    path.write_text("\n".join(["ts,sensor,kind,value", *rows]), encoding="utf-8")
    return path


def test_every_line_is_answered_with_the_time_of_the_call() -> None:
    answers = asked(
        f"E {EIGHT}.000 kettle plug 1",
        f"E {EIGHT + 60}.000 kettle plug 0",
        f"E {EIGHT + HOUR}.000 front door 1",
    )
    assert len(answers) == 3
    assert answers[1] == answers[0]
    assert answers[2] == answers[0] + HOUR
    assert 12 * HOUR <= answers[0] - EIGHT <= 14 * HOUR


def test_nobody_is_called_from_leaving_to_coming_back() -> None:
    answers = asked(
        f"E {EIGHT} kettle plug 1",
        f"E {EIGHT + 60} presence presence 0",
        f"E {EIGHT + 30 * HOUR} presence presence 1",
    )
    assert answers[1] == float("inf")
    assert answers[2] > EIGHT + 42 * HOUR


def test_the_pre_alarm_does_not_come_after_the_call() -> None:
    lines = [
        f"E {EIGHT + day * DAY + hour * HOUR} hall motion {value}"
        for day in range(20)
        for hour in range(14)
        for value in (1, 0)
    ]
    calls, pre_alarms = asked(*lines), asked(*lines, rung="quiet")
    assert all(early <= late for early, late in zip(pre_alarms, calls, strict=True))
    assert pre_alarms[-20] < calls[-20]


def test_an_answer_comes_at_once() -> None:
    with subprocess.Popen(
        [REPLAY, "--stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        for minute in range(3):
            program.stdin.write(f"E {EIGHT + 60 * minute} fridge item 1\n")
            assert float(program.stdout.readline()) > EIGHT
        program.stdin.close()


def test_a_fixed_limit_tells_its_needless_alarms(log: Path) -> None:
    story = told(log, "--limit", "13", "--warm-up", "1")
    assert "2026-08-08 09:00  longest, last fridge, life 23.0 h later" in story
    assert "1 needless alarms" in story
    assert "(median)" in story


def test_a_high_risk_waits_a_day_and_a_low_one_five(log: Path) -> None:
    assert "1 needless alarms" in told(log, "--limit", "risk:5", "--warm-up", "1")
    assert "0 needless alarms" in told(log, "--limit", "risk:0", "--warm-up", "1")


@pytest.mark.parametrize(
    "arguments", [[], ["--stdin", "x.csv"], ["x.csv"], ["--stdin", "--limit", "soon"]]
)
def test_what_cannot_be_judged_is_refused_in_words(arguments: list[str]) -> None:
    done = subprocess.run([REPLAY, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "replay" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("hello", "line 3: not `E t sensor kind value`: 'hello'"),
        ("E 5 kettle plug", "line 3: not `E t sensor kind value`"),
        ("E noon kettle plug 1", "line 3: no time in seconds: 'noon'"),
        ("E nan kettle plug 1", "line 3: no time in seconds: 'nan'"),
        ("E 1e300 kettle plug 1", "line 3: no time in seconds"),
        (f"E {EIGHT} kettle plug on", "line 3: no value: 'on'"),
        (f"E {EIGHT} kettle plug inf", "line 3: no value: 'inf'"),
        (f"E {EIGHT} kettle teapot 1", "line 3: no kind 'teapot', only door, item,"),
    ],
)
def test_a_line_that_is_no_event_ends_it_with_words_after_what_was_answered(
    line: str, says: str
) -> None:
    lines = f"E {EIGHT} kettle plug 1\n\n{line}\nE {EIGHT + HOUR} kettle plug 1\n"
    done = subprocess.run(
        [REPLAY, "--stdin"], input=lines, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"scripts/replay: {says}" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) == 1


def test_blank_lines_are_not_answered() -> None:
    assert len(asked("", f"E {EIGHT} kettle plug 1", "  ", f"E {EIGHT + 9} kettle plug 0")) == 2


def test_a_line_out_of_order_changes_no_answer() -> None:
    answers = asked(
        f"E {EIGHT} kettle plug 1",
        f"E {EIGHT + 2 * HOUR} front door 1",
        f"E {EIGHT + 2 * HOUR - 120} fridge item 1",
        f"E {EIGHT + 2 * HOUR} fridge item 0",
    )
    assert answers[1] == answers[0] + 2 * HOUR
    assert answers[2] == answers[1]
    assert answers[3] == answers[1]


def test_life_soon_after_leaving_is_the_leaving_and_later_life_is_somebody_at_home() -> None:
    answers = asked(
        f"E {EIGHT} kettle plug 1",
        f"E {EIGHT + HOUR} phone presence 0",
        f"E {EIGHT + HOUR + 60} front door 0",
        f"E {EIGHT + HOUR + 420} kitchen motion 1",
        f"E {EIGHT + 9 * HOUR} phone presence 1",
        f"E {EIGHT + 9 * HOUR + 60} kitchen motion 1",
    )
    never = float("inf")
    assert answers[1:3] == [never, never]
    assert 12 * HOUR <= answers[3] - (EIGHT + HOUR + 420) <= 14 * HOUR
    assert 12 * HOUR <= answers[4] - (EIGHT + 9 * HOUR) <= 14 * HOUR
    assert answers[5] == answers[4] + 60


def test_the_harness_way_of_asking_is_answered_line_by_line() -> None:
    """A program that judges limits writes a line, reads a line, and starts again from a prefix."""
    lines = [f"E {EIGHT + 900 * n:.3f} s{n % 3} motion {n % 2:g}" for n in range(40)]
    assert asked(*lines)[:20] == asked(*lines[:20])


def test_a_log_without_its_columns_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "home.csv"
    for text, says in (
        ("ts,sensor,value\n", "the first line must be ts,sensor,kind,value"),
        ("ts,sensor,kind,value\nyesterday,a,door,1\n", "line 2: no local time: 'yesterday'"),
        ("ts,sensor,kind,value\n2026-08-01T08:00:00,a,door\n", "line 2: 4 columns are needed"),
    ):
        path.write_text(text, encoding="utf-8")
        done = subprocess.run([REPLAY, path], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert says in done.stderr
