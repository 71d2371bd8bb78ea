"""Kits and devices: where each is, has been, and how it is."""

import re

from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person


def post(person: Person, path: str, **fields: str) -> int:
    token = person.page("/items").tokens[0]
    return person.client.post(path, data=fields | {"csrf": token}).status_code


def item(person: Person, label: str) -> str:
    page = person.client.get("/items").text
    found: list[str] = re.findall(rf"{label}</th>.*?/items/(i-[a-z0-9]+)", page, re.DOTALL)
    return found[0]


def test_a_kit_that_enrols_is_in_the_inventory_and_one_that_replaces_it_sends_it_back(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    assert home.id in visitor.page(f"/homes/{home.household}").text
    new = Kit(client=moved.client())
    new.enrol(visitor.new_code(home.household))
    shown = visitor.page("/items").text
    assert re.search(rf"{home.id}\s*중계기\s+보관", shown)
    assert new.id in visitor.page(f"/homes/{home.household}").text


def test_a_device_goes_to_one_home_at_a_time_and_comes_back(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    assert post(visitor, "/items", kind="door", label="D-001") == 303
    assert post(visitor, "/items", kind="door", label="D-001") == 409
    assert post(visitor, "/items", kind="castle", label="D-002") == 409
    door = item(visitor, "D-001")
    assert post(visitor, f"/items/{door}", household="h-nobody00") == 409
    assert post(visitor, f"/items/{door}", household=home.household) == 303
    assert post(visitor, f"/items/{door}", household=home.household) == 409
    assert "D-001" in visitor.page(f"/homes/{home.household}").text
    assert post(visitor, f"/items/{door}", because="lost") == 303
    assert "D-001" not in visitor.page(f"/homes/{home.household}").text
    assert "분실 1" in visitor.page("/items").text
    assert post(visitor, f"/items/{door}") == 303
    assert "분실 1" not in visitor.page("/items").text


def test_a_walk_test_tells_of_the_device_that_is_alone_in_its_role(
    visitor: Person, home: Kit
) -> None:
    for kind, label in (("door", "D-1"), ("plug", "P-1"), ("plug", "P-2")):
        post(visitor, "/items", kind=kind, label=label)
        post(visitor, f"/items/{item(visitor, label)}", household=home.household)
    sources = [
        {"role": "door", "seen": True, "battery": 12},
        {"role": "plug", "seen": True, "battery": 77},
    ]
    walk = {"passed": 2, "missed": 0, "sources": sources}
    home.send(
        home.decided("drill", {"drill": "w", "stage": "calm", "state": "passed", "walk": walk})
    )
    shown = visitor.page(f"/homes/{home.household}").text
    assert "배터리 12 %" in shown
    assert "교체 필요" in shown
    assert "77 %" not in shown
