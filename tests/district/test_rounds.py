"""The weekly round: batteries and lost sensors, gathered by dong instead of a case each."""

from tests.district.conftest import installed
from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person, placed
from tests.district.test_access import added
from tests.district.test_inventory import item, post


def trouble(kit: Kit, code: str, state: str = "raised") -> None:
    kit.send(kit.decided("trouble", {"code": code, "state": state}))


def test_a_weak_battery_waits_for_the_round_and_is_no_case_on_the_board(
    home: Kit, visitor: Person
) -> None:
    placed(visitor, home.household, "문안동")
    trouble(home, "battery")
    assert visitor.board() == []
    page = visitor.page("/rounds").text
    assert home.household in page
    assert "배터리 교체" in page
    assert "김○순" in page
    assert "김영순" not in page
    trouble(home, "battery", "cleared")
    assert home.household not in visitor.page("/rounds").text


def test_a_weak_battery_beside_a_lost_sensor_stays_on_the_board(home: Kit, visitor: Person) -> None:
    trouble(home, "battery")
    trouble(home, "source_lost")
    assert [case.family for case in visitor.board()] == ["trouble"]
    assert "센서 끊김" in visitor.page("/rounds").text
    trouble(home, "source_lost", "cleared")
    assert visitor.board() == []


def test_trouble_that_no_battery_mends_is_not_on_the_round(home: Kit, visitor: Person) -> None:
    trouble(home, "store")
    assert home.household not in visitor.page("/rounds").text
    assert len(visitor.board()) == 1


def test_a_sensor_that_the_home_hears_late_is_on_the_round(home: Kit, visitor: Person) -> None:
    home.beat(home=home.condition(sources={"live": 3, "late": 1, "lost": 0}))
    page = visitor.page("/rounds").text
    assert "신호 늦음 1" in page
    home.beat(home=home.condition())
    assert home.household not in visitor.page("/rounds").text


def test_a_walk_test_that_finds_a_weak_battery_puts_the_device_on_the_round(
    home: Kit, visitor: Person
) -> None:
    post(visitor, "/items", kind="door", label="D-17")
    post(visitor, f"/items/{item(visitor, 'D-17')}", household=home.household)
    walk = {"passed": 1, "missed": 0, "sources": [{"role": "door", "seen": True, "battery": 12}]}
    home.send(
        home.decided("drill", {"drill": "w", "stage": "calm", "state": "passed", "walk": walk})
    )
    page = visitor.page("/rounds").text
    assert "D-17" in page
    assert "12 %" in page


def test_the_round_goes_dong_by_dong_and_an_officer_sees_only_their_own(
    moved: MovedDistrict, visitor: Person
) -> None:
    homes = [installed(moved, visitor) for _ in range(3)]
    for kit, dong in zip(homes, ("나동", "가동", "나동"), strict=True):
        placed(visitor, kit.household, dong)
        trouble(kit, "battery")
    trouble(homes[2], "source_lost")
    page = visitor.page("/rounds").text
    officer = added(moved, visitor, "officer", dongs="나동").page("/rounds").text
    assert homes[0].household in officer
    assert homes[1].household not in officer
    places = [page.index(kit.household) for kit in (homes[1], homes[2], homes[0])]
    assert places == sorted(places)
    assert page.index("가동") < page.index("나동")
