"""A kit that was replaced before the home's own was lost: heard, and no sign of that home."""

from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.test_lost_kit import at, families, report, successor


def test_an_old_kit_in_the_office_is_no_sign_of_a_home_whose_kit_was_lost(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    """What it says is heard all the same; only a kit from after the loss ends the silence."""
    home.beat()
    own = successor(moved, visitor, home)
    own.beat()
    report(visitor, own)
    for _ in range(3):
        assert home.beat().status_code == 200
        assert "이 집에는 지금 장비가 없습니다" in visitor.page(f"/homes/{home.household}").text
        moved.pass_time(minutes=5)
    assert families(visitor, home) == {"silent", "trouble"}
    assert home.send(home.alert("visit", attributes=at(moved)))[0].status == "durable"
    new = successor(moved, visitor, home)
    home.beat()
    assert families(visitor, home) == {"welfare", "silent", "trouble"}
    new.beat()
    assert families(visitor, home) == {"welfare"}
    # it is counted from now on as any other
    moved.pass_time(minutes=15)
    assert families(visitor, home) == {"welfare", "silent"}


def test_the_homes_own_kit_is_heard_until_the_next_speaks_though_an_older_one_was_lost_meanwhile(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    own = successor(moved, visitor, home)
    own.beat()
    report(visitor, home)
    successor(moved, visitor, home)
    for _ in range(4):
        moved.pass_time(minutes=5)
        own.beat()
    assert families(visitor, home) == set()
    moved.pass_time(minutes=15)
    assert families(visitor, home) == {"silent"}
    own.beat()
    assert families(visitor, home) == set()
