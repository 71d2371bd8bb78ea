"""A resident as a value, and the door for what people type or import about one.

Pure; called by the console's form and the CSV import.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
import unicodedata

from .networks import Network, read_network
from .phones import normal_number

MOST_GUARDIANS: Final = 3
_MOST_RISK: Final = 5
_FIRST_YEAR: Final = 1900
_LONGEST: Final = {"name": 60, "address": 200, "dong": 40, "line": 40, "access": 500}


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """`bad`: since when nobody there is the person we look for."""

    number: str
    bad: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardian:
    name: str
    relation: str
    phone: Phone


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """Everything that names somebody. Sealed as a whole."""

    name: str
    address: str
    phone: Phone | None = None
    birth_year: int | None = None
    # how one gets in: the way, the dog, who has a key
    access: str = ""
    # how many of the district's five risk items apply
    risk: int | None = None
    # in the order in which they are called
    guardians: tuple[Guardian, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One household as somebody wrote it: the sealed part, and where it is."""

    resident: Resident
    dong: str
    line: str = ""
    network: Network = Network.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """`field` and `because` are keys of texts."""

    field: str
    because: str


@dataclass(slots=True)
class _Reader:
    given: Mapping[str, str]
    wrong: list[Wrong] = field(default_factory=list)

    def text(self, name: str, *, needed: bool = False) -> str:
        plain = unicodedata.normalize("NFC", self.given.get(name, "")).strip()
        if needed and not plain:
            self.wrong.append(Wrong(field=name, because="missing"))
        if len(plain) > _LONGEST.get(name, 100):
            self.wrong.append(Wrong(field=name, because="too_long"))
        if any(unicodedata.category(letter) == "Cc" and letter not in "\r\n" for letter in plain):
            self.wrong.append(Wrong(field=name, because="not_text"))
        return plain

    def number(self, name: str, low: int, high: int) -> int | None:
        plain = self.text(name)
        if not plain:
            return None
        if not plain.isascii() or not plain.isdigit() or not low <= int(plain[:6]) <= high:
            self.wrong.append(Wrong(field=name, because="not_a_number"))
            return None
        return int(plain)

    def phone(self, name: str) -> Phone | None:
        plain = self.text(name)
        if not plain:
            return None
        normal = normal_number(plain)
        if normal is None:
            self.wrong.append(Wrong(field=name, because="not_a_phone"))
            return None
        return Phone(number=normal)

    def network(self) -> Network:
        network = read_network(self.text("network"))
        if network is None:
            self.wrong.append(Wrong(field="network", because="not_a_network"))
        return network or Network.UNKNOWN

    def guardian(self, place: int) -> Guardian | None:
        name, relation = self.text(f"guardian{place}"), self.text(f"relation{place}")
        phone = self.phone(f"guardian{place}_phone")
        if not name and not relation and phone is None:
            return None
        if phone is None:
            self.wrong.append(Wrong(field=f"guardian{place}_phone", because="missing"))
            return None
        return Guardian(name=name, relation=relation, phone=phone)


def read_entry(given: Mapping[str, str], *, year: int) -> Entry | list[Wrong]:
    """Everything that is wrong at once: whoever corrects a list does it once."""
    reader = _Reader(given)
    guardians = tuple(
        guardian
        for place in range(1, MOST_GUARDIANS + 1)
        if (guardian := reader.guardian(place)) is not None
    )
    resident = Resident(
        name=reader.text("name", needed=True),
        address=reader.text("address", needed=True),
        phone=reader.phone("phone"),
        birth_year=reader.number("birth_year", _FIRST_YEAR, year),
        access=reader.text("access"),
        risk=reader.number("risk", 0, _MOST_RISK),
        guardians=guardians,
    )
    entry = Entry(
        resident=resident,
        dong=reader.text("dong", needed=True),
        line=reader.text("line"),
        network=reader.network(),
    )
    return reader.wrong or entry


def lacking(resident: Resident) -> tuple[Wrong, ...]:
    """Allowed, and yet to be known: somebody who has nobody, or no telephone."""
    phone = () if resident.phone else (Wrong(field="phone", because="nobody_to_call"),)
    guardian = Wrong(field="guardian1", because="no_guardian")
    return phone if resident.guardians else (*phone, guardian)


def fields_of(entry: Entry) -> dict[str, str]:
    """What the form shows; `read_entry` makes the same entry of it."""
    one = entry.resident
    fields = {
        "name": one.name,
        "address": one.address,
        "phone": one.phone.number if one.phone else "",
        "birth_year": str(one.birth_year or ""),
        "access": one.access,
        "risk": "" if one.risk is None else str(one.risk),
        "dong": entry.dong,
        "line": entry.line,
        "network": entry.network.value,
    }
    for place, guardian in enumerate(one.guardians, 1):
        fields |= {
            f"guardian{place}": guardian.name,
            f"relation{place}": guardian.relation,
            f"guardian{place}_phone": guardian.phone.number,
        }
    return fields


def masked(name: str) -> str:
    """For lists: enough to tell homes apart, too little to name somebody to a passer-by."""
    letters = name.replace(" ", "")
    if not letters:
        return ""
    tail = letters[-1] if len(letters) > 2 else ""  # noqa: PLR2004 - 김○, 김○순, 남궁○순 -> 남○○순
    return letters[0] + "○" * (len(letters) - 1 - len(tail)) + tail


def phones_of(resident: Resident) -> list[Phone]:
    own = [resident.phone] if resident.phone else []
    return own + [guardian.phone for guardian in resident.guardians]


def with_bad(resident: Resident, bad: Mapping[str, datetime | None]) -> Resident:
    """Each number with what is known of it; a number that is not named keeps what it had."""

    def judged(phone: Phone) -> Phone:
        return replace(phone, bad=bad.get(phone.number, phone.bad))

    return replace(
        resident,
        phone=judged(resident.phone) if resident.phone else None,
        guardians=tuple(replace(g, phone=judged(g.phone)) for g in resident.guardians),
    )
