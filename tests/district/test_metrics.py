"""What an operator's Prometheus reads at three in the morning: figures, and nobody's name."""

from collections.abc import Callable, Iterator
import json
from pathlib import Path
import re
import shutil
import sqlite3
import subprocess

import httpx
import pytest
import yaml

from anshim_district.metrics.page import FAMILIES, PREFIX
from anshim_district.options import OptionsError, read_options
from tests.district.conftest import admin_with_phone, installed, resident_with_phone
from tests.district.support.moved import MovedDistrict
from tests.district.support.provider import Provider
from tests.district.support.reaching import answered
from tests.prometheus import KIND, figures_in

RULES = Path(__file__).parents[2] / "docs" / "prometheus-alerts.yml"
JSON = {"Content-Type": "application/json"}
LOOPBACK = {"networks": ["127.0.0.1/32"]}
type Opened = Callable[..., MovedDistrict]


@pytest.fixture
def opened(tmp_path: Path, opened_once: Path) -> Iterator[Opened]:
    made: list[MovedDistrict] = []

    def one(**options: object) -> MovedDistrict:
        data = tmp_path / "data"
        shutil.copytree(opened_once, data)
        made.append(MovedDistrict(data=data, options=options))
        return made[-1]

    yield one
    for district in made:
        district.close()


def figures(district: MovedDistrict) -> dict[str, float]:
    answer = district.client().get("/metrics")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, KIND)
    return figures_in(answer.text, PREFIX)


def test_what_an_operator_asks_at_three_in_the_morning_is_there(
    opened: Opened, provider: Provider
) -> None:
    district = opened(metrics=LOOPBACK, reach=provider.options)
    admin = admin_with_phone(district)
    homes = [resident_with_phone(district, admin), installed(district, admin)]
    for home, watch in zip(homes, ("seeing", "blind"), strict=True):
        assert home.beat(home=home.condition(watch=watch)).status_code == 200
    homes[1].token = "nobody's"
    assert homes[1].beat().status_code == 401
    homes[0].send(homes[0].emergency())
    client = district.client()
    assert client.post("/v1/events", content=b"{").status_code == 415
    too_long = client.post("/v1/events", content=b" " * 2**20 + b" ", headers=JSON)
    assert too_long.status_code == 413
    district.pass_time()
    seen = figures(district)
    assert seen['homes{watch="seeing"}'] == seen['homes{watch="blind"}'] == 1
    assert seen['heartbeats_total{result="accepted",reason=""}'] == 2
    assert seen['heartbeats_total{result="refused",reason="session-unknown"}'] == 1
    assert seen['events_total{result="accepted",reason=""}'] == 1
    assert seen['events_total{result="refused",reason="media-type"}'] == 1
    assert seen['events_total{result="refused",reason="too-large"}'] == 1
    assert seen['intake_seconds_count{kind="events"}'] == 3
    assert seen['intake_seconds_bucket{kind="heartbeats",le="+Inf"}'] == 3
    assert seen['cases_open{stage="emergency",standing="free"}'] == 1
    assert seen['reach_total{way="text",carrier="provider",result="taken"}'] == 1
    assert seen["overseer_age_seconds"] == seen["errands_failing"] == 0
    assert seen["clock_set"] == seen["backup_wanted"] == seen["database_readable"] == 1
    buckets = [value for key, value in seen.items() if key.startswith("commit_seconds_bucket")]
    assert buckets == sorted(buckets)
    assert buckets[-1] == seen["commit_seconds_count"] > 0


def test_how_long_nobody_has_had_a_case_begins_anew_only_with_a_hand(
    opened: Opened, provider: Provider
) -> None:
    """Said again every five minutes it would otherwise never be older than that."""
    district = opened(metrics=LOOPBACK, reach=provider.options)
    admin = admin_with_phone(district)
    home = resident_with_phone(district, admin)
    home.send(home.emergency())
    for _ in range(4):
        district.pass_time(minutes=5)
    age = 'case_unowned_seconds{stage="emergency"}'
    assert figures(district)[age] == 20 * 60
    call = next(sent for sent in reversed(provider.taken()) if sent.what == "calls")
    assert answered(district, call, "1") == 204
    seen = figures(district)
    assert seen[age] == 0
    assert seen['cases_open{stage="emergency",standing="held"}'] == 1
    assert seen['reach_total{way="call",carrier="provider",result="answered"}'] == 1
    district.pass_time(minutes=30)
    district.pass_time(minutes=2)
    assert figures(district)[age] == 2 * 60


def test_what_nobody_looks_after_grows_older(opened: Opened, provider: Provider) -> None:
    """Neither overseer nor dispatcher has moved, while the clock goes on."""
    district = opened(metrics=LOOPBACK, reach=provider.options)
    admin = admin_with_phone(district)
    home = resident_with_phone(district, admin)
    district.pass_time()
    home.send(home.emergency())
    home.beat()
    district.clock.moment = district.now.replace(minute=district.now.minute + 10)
    seen = figures(district)
    assert seen["overseer_age_seconds"] == 600
    assert seen['errands_waiting{kind="tell"}'] == 1
    assert seen['errand_waiting_seconds{kind="tell"}'] == 600
    assert seen["clock_drift_seconds"] == pytest.approx(600, abs=60)
    district.pass_time(minutes=20)
    assert figures(district)['homes{watch="unheard"}'] == 1


def test_no_home_and_no_dong_is_named(opened: Opened, provider: Provider) -> None:
    district = opened(metrics=LOOPBACK, reach=provider.options)
    home = resident_with_phone(district, admin_with_phone(district))
    home.beat()
    home.send(home.emergency(), home.alert("quiet", type="kr.anshim.knock.weather.v2"))
    district.pass_time(minutes=3)
    text = district.client().get("/metrics").text
    for name in (home.household, home.id, "문안", "김영순", "5678", "c-", "kim"):
        assert name not in text


@pytest.mark.parametrize(
    ("options", "headers", "status"),
    [
        ({}, {}, 404),
        ({"networks": ["10.0.0.0/8"]}, {}, 404),
        ({"networks": ["127.0.0.0/8"]}, {}, 200),
        # somebody outside, by way of a proxy on this machine
        ({"networks": ["127.0.0.0/8"]}, {"X-Forwarded-For": "203.0.113.7"}, 404),
        ({"token_file": "token"}, {}, 401),
        ({"token_file": "token"}, {"Authorization": "Bearer another-secret-word"}, 401),
        ({"token_file": "token"}, {"Authorization": "Bearer a-secret-of-some-length"}, 200),
    ],
)
def test_figures_are_for_whoever_the_options_name_and_for_nobody_by_default(
    opened: Opened,
    tmp_path: Path,
    options: dict[str, object],
    headers: dict[str, str],
    status: int,
) -> None:
    token = tmp_path / "token"
    token.write_text("a-secret-of-some-length\n")
    given = options | ({"token_file": str(token)} if "token_file" in options else {})
    client = opened(metrics=given).client()
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == status
    assert ("anshim_district_" in answer.text) == (status == 200)
    token.unlink()
    if "token_file" in options:
        assert client.get("/metrics", headers=headers).status_code == 503


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"networks": ["0.0.0.0/0"]}, "not for the world"),
        ({"networks": ["office"]}, "metrics.networks"),
        ({"token_file": "/nowhere/token"}, "metrics.token_file"),
        ({"token_file": "/dev/null"}, "too short"),
    ],
)
def test_options_that_would_show_them_to_the_world_are_refused(
    tmp_path: Path, options: dict[str, object], told: str
) -> None:
    file = tmp_path / "options.json"
    file.write_text(json.dumps({"district": {"id": "gu", "name": "구"}, "metrics": options}))
    with pytest.raises(OptionsError, match=told):
        read_options(file)


def test_a_database_that_cannot_be_read_is_a_figure_and_hides_no_other(opened: Opened) -> None:
    district = opened(metrics=LOOPBACK)
    with sqlite3.connect(district.data / "district.sqlite") as database:
        database.execute("ALTER TABLE outages RENAME TO lost")
    seen = figures(district)
    assert seen["database_readable"] == 0
    assert "overseer_age_seconds" in seen
    assert "outages_open" not in "".join(seen)


# for machines


def refuse_writes(district: MovedDistrict) -> None:
    """As a disk that takes nothing any more, for the one row that proves it."""
    with sqlite3.connect(district.data / "district.sqlite") as database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON workers BEGIN SELECT RAISE(ABORT, 'full'); END"
        )


def probed(client: httpx.Client) -> tuple[int, ...]:
    return tuple(client.get(path).status_code for path in ("/health", "/ready", "/v1/health"))


def test_ready_is_who_has_just_written_to_the_disk_and_watches_deadlines(opened: Opened) -> None:
    district = opened(metrics=LOOPBACK)
    client = district.client()
    district.pass_time()
    assert probed(client) == (200, 200, 200)
    with sqlite3.connect(district.data / "district.sqlite") as database:
        rows = database.execute("SELECT seen FROM workers").fetchall()
    assert rows == [(district.now.timestamp() * 1000,)]
    assert figures(district)["workers"] == 1
    refuse_writes(district)
    district.pass_time(seconds=1)
    # to be started again would not help
    assert probed(client) == (200, 503, 503)


def test_who_forgets_the_deadlines_is_not_ready_and_at_last_not_alive(opened: Opened) -> None:
    district = opened()
    client = district.client()
    district.pass_time()
    district.clock.moment = district.now.replace(minute=3)
    assert probed(client) == (200, 503, 200)
    district.clock.moment = district.now.replace(minute=6)
    assert probed(client) == (503, 503, 200)


# the example of alerting rules


def rules() -> list[dict[str, str]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_every_figure_that_the_example_alerts_on_is_told_by_a_district() -> None:
    parts = {f"{name}_{part}" for name in FAMILIES for part in ("bucket", "sum", "count")}
    for rule in rules():
        named = set(re.findall(rf"\b{PREFIX}([a-z_]+)", rule["expr"]))
        assert named
        assert named <= FAMILIES.keys() | parts, rule["alert"]


def test_every_alert_says_in_both_languages_what_to_do(tmp_path: Path) -> None:
    told = rules()
    assert len({rule["alert"] for rule in told}) == len(told) >= 10
    for rule in told:
        assert rule["labels"]["severity"] in {"page", "ticket"}  # type: ignore[index]  # a dict
        assert re.search("[가-힣]", rule["annotations"]["summary_ko"])  # type: ignore[index]  # a dict
        assert rule["annotations"]["summary"]  # type: ignore[index]  # a dict
    if tool := shutil.which("promtool"):
        subprocess.run([tool, "check", "rules", str(RULES)], check=True, cwd=tmp_path)
