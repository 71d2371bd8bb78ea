"""Many homes of one place fall silent together: one outage, and nobody in it is forgotten."""

from datetime import timedelta
from pathlib import Path
import shutil

import pytest
from sqlalchemy import func, select

from anshim_district.places import Cell, Place, Scope, failed
from anshim_district.storage.tables import outages, pulses, timeline
from benchmarks.district.homes import homes, settle
from tests.district.conftest import installed
from tests.district.support.kit import Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person


def living_in(person: Person, home: Kit, dong: str, line: str = "", network: str = "") -> None:
    path = f"/homes/{home.household}/resident"
    token = person.page(path).tokens[0]
    fields = {
        "csrf": token,
        "name": "김영순",
        "address": "문안로 1",
        "dong": dong,
        "line": line,
        "network": network,
        "phone": "010-1234-5678",
    }
    answer = person.client.post(path, data=fields)
    assert answer.status_code == 303, answer.text


@pytest.fixture
def street(moved: MovedDistrict, visitor: Person) -> list[Kit]:
    """Twelve homes, six of them on one line."""
    homes = [installed(moved, visitor) for _ in range(12)]
    for number, home in enumerate(homes):
        line = "한빛아파트" if number < 6 else ""
        living_in(visitor, home, f"{number % 6}동", line)
        assert home.beat().status_code == 200
    return homes


def hear(homes: list[Kit]) -> None:
    for home in homes:
        assert home.beat().status_code == 200


def silent_cases(visitor: Person) -> int:
    return sum(case.family == "silent" for case in visitor.board())


def board(visitor: Person) -> str:
    return visitor.page("/board").text


def cut(moved: MovedDistrict, alive: list[Kit]) -> None:
    """All but `alive` are not heard for a quarter of an hour, and those beside have their time."""
    for _ in range(3):
        moved.pass_time(minutes=5)
        hear(alive)
    moved.pass_time(seconds=61)


def test_homes_of_one_line_that_fall_silent_together_are_one_outage(
    moved: MovedDistrict, visitor: Person, street: list[Kit]
) -> None:
    cut(moved, alive=street[6:])
    assert silent_cases(visitor) == 0
    assert "한빛아파트 회선 장애: 6가구의 신호가 함께" in board(visitor)
    hear(street)
    moved.pass_time(seconds=30)
    assert "회선 장애" not in board(visitor)
    assert visitor.board() == []


def test_a_single_home_is_a_case_after_those_beside_it_had_a_minute(
    moved: MovedDistrict, visitor: Person, street: list[Kit]
) -> None:
    cut(moved, alive=street[1:])
    assert silent_cases(visitor) == 1
    assert "장애:" not in board(visitor)


def test_a_district_that_hears_nobody_has_one_outage(
    moved: MovedDistrict, visitor: Person, street: list[Kit]
) -> None:
    cut(moved, alive=[])
    assert "구 전체 통신 장애: 12가구" in board(visitor)
    assert silent_cases(visitor) == 0


def test_a_home_near_its_limit_is_never_folded_and_waits_for_nobody(
    moved: MovedDistrict, visitor: Person, street: list[Kit]
) -> None:
    near = street[0]
    near.beat(home=near.condition(near=True))
    for _ in range(3):
        moved.pass_time(minutes=5)
        hear(street[6:])
    assert "welfare" in {case.family for case in visitor.board() if near.household in case.text}
    moved.pass_time(seconds=61)
    assert "한빛아파트 회선 장애: 5가구" in board(visitor)


def test_a_home_that_is_asked_about_already_is_never_folded(
    moved: MovedDistrict, visitor: Person, street: list[Kit]
) -> None:
    asked = street[0]
    asked.send(asked.alert("quiet", attributes={"time": now_text(moved.now)}))
    cut(moved, alive=street[6:])
    families = {case.family for case in visitor.board() if asked.household in case.text}
    assert families == {"welfare", "silent"}


def test_stragglers_come_up_half_an_hour_after_their_line_is_back(
    moved: MovedDistrict, visitor: Person, street: list[Kit]
) -> None:
    cut(moved, alive=street[6:])
    for _ in range(7):
        hear(street[1:])
        moved.pass_time(minutes=5)
        if silent_cases(visitor):
            break
        assert "아직 1가구" in board(visitor)
    assert [street[0].household in case.text for case in visitor.board()] == [True]
    hear(street[1:])
    moved.pass_time(seconds=30)
    assert "회선 장애" not in board(visitor)


def test_a_folded_home_is_asked_about_before_its_own_ceiling(
    moved: MovedDistrict, visitor: Person, street: list[Kit]
) -> None:
    heard = moved.now
    street[0].beat(home=street[0].condition(limit_h=8))
    cut(moved, alive=street[6:])
    while moved.now < heard + timedelta(hours=4):
        assert street[0].household not in " ".join(case.text for case in visitor.board())
        moved.pass_time(minutes=5)
        hear(street[6:])
    moved.pass_time(minutes=1)
    asked = {case.family for case in visitor.board() if street[0].household in case.text}
    assert "welfare" in asked


def test_a_home_that_falls_silent_later_on_a_dead_line_is_of_the_same_outage(
    moved: MovedDistrict, visitor: Person, street: list[Kit]
) -> None:
    cut(moved, alive=street[5:])
    assert "회선 장애: 5가구" in board(visitor)
    cut(moved, alive=street[6:])
    assert "회선 장애: 6가구" in board(visitor)
    assert silent_cases(visitor) == 0


def test_an_outage_and_who_is_in_it_are_there_after_a_restart(
    moved: MovedDistrict, visitor: Person, street: list[Kit], tmp_path: Path
) -> None:
    cut(moved, alive=street[6:])
    moved.close()
    copy = tmp_path.with_name(f"{tmp_path.name}-again")
    shutil.copytree(tmp_path, copy)
    again = MovedDistrict(data=copy, clock=moved.clock)
    try:
        person = Person(client=again.client())
        person.log_in()
        assert "회선 장애: 6가구" in person.page("/board").text
    finally:
        again.close()


def test_a_dong_without_a_net_is_one_outage(moved: MovedDistrict, visitor: Person) -> None:
    homes = [installed(moved, visitor) for _ in range(16)]
    for number, home in enumerate(homes):
        living_in(visitor, home, "가동" if number < 7 else "나동")
        home.beat()
    cut(moved, alive=homes[7:])
    assert "가동 통신 장애: 7가구" in board(visitor)


@pytest.fixture
def companies(moved: MovedDistrict, visitor: Person) -> list[Kit]:
    """Sixteen homes in four dongs; the first eight on the same company's net, two in each dong."""
    homes = [installed(moved, visitor) for _ in range(16)]
    for number, home in enumerate(homes):
        network = "lgu" if number < 8 else "kt"
        living_in(visitor, home, f"{number % 4}동", network=network)
        home.beat()
    return homes


def test_a_company_whose_net_fails_across_dongs_is_one_outage_of_its_own(
    moved: MovedDistrict, visitor: Person, companies: list[Kit]
) -> None:
    """Half of each dong is silent as well: four outages of dongs would say less, and hide more."""
    cut(moved, alive=companies[8:])
    text = board(visitor)
    assert "LG U+ 통신망 장애: 여러 동의 8가구의 신호가 함께" in text
    assert text.count("함께 끊겼습니다") == 1
    assert silent_cases(visitor) == 0
    assert "통신사: LG U+" in visitor.page(f"/homes/{companies[0].household}").text


def test_a_home_on_another_net_is_not_hidden_in_the_outage_of_a_company(
    moved: MovedDistrict, visitor: Person, companies: list[Kit]
) -> None:
    """More than half of the district is silent; the one home beside the net is asked about."""
    cut(moved, alive=companies[9:])
    assert "LG U+ 통신망 장애: 여러 동의 8가구" in board(visitor)
    assert [companies[8].household in case.text for case in visitor.board()] == [True]


def test_a_home_that_is_in_two_outages_belongs_to_the_earlier(
    moved: MovedDistrict, visitor: Person, companies: list[Kit]
) -> None:
    """A net fails; an hour later a dong does, in which one home of that net was still heard."""
    late = companies[0]
    cut(moved, alive=[late, *companies[8:]])
    assert "LG U+ 통신망 장애: 여러 동의 7가구" in board(visitor)
    cut(moved, alive=companies[8:])
    text = board(visitor)
    assert "LG U+ 통신망 장애: 여러 동의 8가구" in text
    assert text.count("함께 끊겼습니다") == 1


def test_more_homes_than_one_write_takes_are_all_in_one_outage_once(moved: MovedDistrict) -> None:
    """Claimed and folded in parts, with all that others have to say in between."""
    engine, many = moved.service.database.engine, 10_100
    settle(engine, homes(many, keys=1), moved.now, due=timedelta(minutes=1))
    moved.pass_time(minutes=1)
    moved.pass_time(minutes=1)
    with engine.connect() as connection:
        folded = connection.execute(select(outages.c.scope, outages.c.homes)).all()
        lines = select(func.count(), func.count(timeline.c.household.distinct()))
        noted = connection.execute(lines.where(timeline.c.code == "outage")).one()
        left = select(func.count()).where(pulses.c.claimed.is_not(None) | pulses.c.outage.is_(None))
        assert connection.scalar(left) == 0
    assert [tuple(row) for row in folded] == [("district", many)]
    assert tuple(noted) == (many, many)


KT, DISTRICT, DONG = Place(Scope.NETWORK, "kt"), Place(Scope.DISTRICT), Place(Scope.DONG, "1동")


@pytest.mark.parametrize(
    ("silent", "listened", "out", "expected"),
    [
        # everybody's net: the companies are no explanation
        ({("1동", "kt"): 9, ("1동", "lgu"): 9}, {}, [], [DISTRICT]),
        # one company's, with a stranger or two on the same day
        ({("1동", "kt"): 30, ("2동", "kt"): 30, ("2동", "lgu"): 2}, {("1동", "lgu"): 30}, [], [KT]),
        # one company's, and a dong's at the same time
        (
            {("1동", "kt"): 30, ("2동", "kt"): 30, ("1동", "lgu"): 9},
            {("2동", "lgu"): 90},
            [],
            [KT, DONG],
        ),
        # a dong's, in which many have the same company
        ({("1동", "kt"): 9, ("1동", "lgu"): 2}, {("2동", "kt"): 90}, [], [DONG]),
        # too few for anything
        ({("1동", "kt"): 4}, {}, [], []),
        # as few on a net that is out already
        ({("1동", "kt"): 1}, {("1동", "lgu"): 90}, [KT], [KT]),
        # the earlier of two that are out takes what lies in both
        ({("1동", "kt"): 1}, {("1동", "lgu"): 90}, [DONG, KT], [DONG]),
    ],
)
def test_what_failed_is_the_place_that_explains_the_silences(
    silent: dict[tuple[str, str], int],
    listened: dict[tuple[str, str], int],
    out: list[Place],
    expected: list[Place],
) -> None:
    def cells(counts: dict[tuple[str, str], int]) -> dict[Cell, int]:
        return {Cell(dong=dong, network=net): many for (dong, net), many in counts.items()}

    everybody = cells(listened) | cells(silent)
    assert failed(cells(silent), everybody, out) == expected
    # whatever order the database has them in
    again = dict(reversed(cells(silent).items()))
    assert failed(again, dict(reversed(everybody.items())), out) == expected
