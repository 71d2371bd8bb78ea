"""The headings of an imported list, as districts write them → our names of the columns."""

from collections.abc import Iterator, Mapping
import re
from types import MappingProxyType
from typing import Final

from .resident import MOST_GUARDIANS

COLUMNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "가구번호": "household",
        "이름": "name",
        "출생연도": "birth_year",
        "주소": "address",
        "동": "dong",
        "회선": "line",
        "통신사": "network",
        "전화": "phone",
        "출입": "access",
        "위험점수": "risk",
        "보호자1": "guardian1",
        "관계1": "relation1",
        "보호자1전화": "guardian1_phone",
        "보호자2": "guardian2",
        "관계2": "relation2",
        "보호자2전화": "guardian2_phone",
        "보호자3": "guardian3",
        "관계3": "relation3",
        "보호자3전화": "guardian3_phone",
    }
)
_PHONES: Final = (
    *("전화", "전화번호", "연락처", "휴대전화", "휴대전화번호"),
    *("휴대폰", "휴대폰번호", "핸드폰"),
)
_ALSO: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "household": ("가구", "가구id"),
        "name": ("성명", "성함", "대상자", "대상자명", "대상자이름", "대상자성명"),
        "birth_year": ("출생년도", "출생년", "생년", "태어난해"),
        "address": ("거주지", "주소지", "집주소", "도로명주소", "상세주소", "대상자주소"),
        "dong": ("행정동", "동명", "읍면동", "관할동", "담당동"),
        "line": ("회선명", "건물", "건물명"),
        "network": ("인터넷통신사", "인터넷"),
        "phone": (*_PHONES, *(f"대상자{phone}" for phone in _PHONES)),
        "access": ("출입방법", "출입정보", "출입메모"),
        "risk": ("위험도", "위험도점수", "고독사위험점수"),
    }
)
_GUARDIAN: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "guardian{n}": (
            *("보호자{n}", "보호자{n}이름", "보호자{n}성명"),
            *("보호자명{n}", "보호자이름{n}"),
        ),
        "relation{n}": ("관계{n}", "보호자{n}관계", "보호자관계{n}"),
        "guardian{n}_phone": tuple(
            written
            for phone in _PHONES
            for written in (f"보호자{{n}}{phone}", f"보호자{phone}{{n}}")
        ),
    }
)
_BETWEEN: Final = re.compile(r"[\s()\[\]·._/:*-]+")


def _pairs() -> Iterator[tuple[str, str]]:
    yield from COLUMNS.items()
    for name, written in _ALSO.items():
        for heading in written:
            yield heading, name
    for place in range(1, MOST_GUARDIANS + 1):
        # without a number it is the first
        for number in ("", str(place)) if place == 1 else (str(place),):
            for name, written in _GUARDIAN.items():
                for heading in written:
                    yield heading.format(n=number), name.format(n=place)


_NAMES: Final[Mapping[str, str]] = MappingProxyType(dict(_pairs()))


def column_of(heading: str) -> str | None:
    """Our name of it; `None` where nobody can tell what stands in that column."""
    plain = heading.strip().lower()
    if plain in COLUMNS.values():
        return plain
    return _NAMES.get(_BETWEEN.sub("", plain))
