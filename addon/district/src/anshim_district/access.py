"""Who may do what: role × route, and whose homes. One table; what is not in it is forbidden.

Pure. The console's middleware asks before any handler runs.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from .duty.roster import CONTROL


class Role(StrEnum):
    ADMIN = "admin"
    # a dong's own officer: sees that dong's homes
    OFFICER = "officer"
    # the control centre: nights, weekends, what nobody has
    CONTROL = "control"
    TECHNICIAN = "technician"
    AUDITOR = "auditor"


_ALL: Final = frozenset(Role)
_ADMIN: Final = frozenset({Role.ADMIN})
_ANSWERS: Final = _ADMIN | {Role.OFFICER, Role.CONTROL}
_INSTALLS: Final = _ADMIN | {Role.OFFICER, Role.TECHNICIAN}
_AT_HOMES: Final = _ANSWERS | _INSTALLS
_EQUIPS: Final = _ADMIN | {Role.TECHNICIAN}
# who keeps the roster: others read it
_LEADS: Final = _ADMIN | {Role.CONTROL}
_AUDITS: Final = _ADMIN | {Role.AUDITOR}
# who is limited to the dongs that were given to them
_LOCAL: Final = frozenset({Role.OFFICER})

# anybody, also without a login
OPEN: Final = frozenset(
    {
        ("GET", "/"),
        ("GET", "/login"),
        ("POST", "/login"),
        ("POST", "/language"),
        ("GET", "/static"),
    }
)
# everybody who has a login, also one that still owes a second factor or a password
OWN: Final = frozenset(
    {
        ("POST", "/logout"),
        ("GET", "/login/code"),
        ("POST", "/login/code"),
        ("GET", "/account"),
        ("POST", "/account/password"),
        ("POST", "/account/second"),
        ("GET", "/prove"),
        ("POST", "/prove"),
    }
)
TABLE: Final[Mapping[tuple[str, str], frozenset[Role]]] = MappingProxyType(
    {
        ("GET", "/live"): _ALL,
        ("GET", "/board"): _ANSWERS,
        ("GET", "/board/fragment"): _ANSWERS,
        ("GET", "/cases/{case}"): _ANSWERS,
        ("GET", "/cases/{case}/news"): _ANSWERS,
        ("POST", "/cases/{case}/answer"): _ANSWERS,
        ("POST", "/cases/{case}/give"): _ANSWERS,
        ("POST", "/cases/{case}/note"): _ANSWERS,
        ("GET", "/homes"): _AT_HOMES,
        ("GET", "/homes/new"): _INSTALLS,
        ("POST", "/homes/new"): _INSTALLS,
        ("GET", "/homes/import"): _ADMIN,
        ("POST", "/homes/import"): _ADMIN,
        ("GET", "/homes/{household}"): _AT_HOMES,
        ("GET", "/homes/{household}/resident"): _INSTALLS,
        ("POST", "/homes/{household}/resident"): _INSTALLS,
        ("GET", "/homes/{household}/card"): _ANSWERS,
        ("POST", "/homes/{household}/consent"): _INSTALLS,
        ("GET", "/homes/{household}/lost"): _EQUIPS,
        ("POST", "/homes/{household}/lost"): _EQUIPS,
        ("GET", "/homes/{household}/erase"): _ADMIN,
        ("POST", "/homes/{household}/erase"): _ADMIN,
        ("GET", "/items"): _EQUIPS,
        ("POST", "/items"): _EQUIPS,
        ("POST", "/items/{item}"): _EQUIPS,
        ("GET", "/quarantine"): _ANSWERS | _EQUIPS,
        ("POST", "/quarantine/{n}/seen"): _ANSWERS | _EQUIPS,
        ("POST", "/strangers/{kid}/adopt"): _AT_HOMES,
        ("GET", "/duty"): _ANSWERS,
        ("POST", "/duty/days"): _LEADS,
        ("POST", "/duty/shifts"): _LEADS,
        ("POST", "/duty/rules"): _LEADS,
        ("POST", "/duty/phones"): _LEADS,
        ("GET", "/staff"): _ADMIN,
        ("POST", "/staff"): _ADMIN,
        ("POST", "/staff/{user}"): _ADMIN,
        ("GET", "/rounds"): _INSTALLS,
        ("GET", "/council"): _AUDITS,
        ("GET", "/council.csv"): _AUDITS,
        ("GET", "/audit"): _AUDITS,
        ("GET", "/audit.csv"): _AUDITS,
        ("GET", "/keeping"): _AUDITS,
        ("POST", "/keeping"): _ADMIN,
    }
)
# what leaves the house, goes for good, takes a home its kit, or decides who gets in: proved anew
# within minutes
STEP_UP: Final = frozenset(
    {
        ("GET", "/audit.csv"),
        ("GET", "/council.csv"),
        ("GET", "/homes/{household}/lost"),
        ("POST", "/homes/{household}/lost"),
        ("GET", "/homes/import"),
        ("POST", "/homes/import"),
        ("GET", "/homes/{household}/erase"),
        ("POST", "/homes/{household}/erase"),
        ("POST", "/keeping"),
        ("GET", "/staff"),
        ("POST", "/staff"),
        ("POST", "/staff/{user}"),
    }
)


def may(role: str, method: str, route: str) -> bool:
    return role in TABLE.get((_asked(method), route), frozenset())


def is_open(method: str, route: str) -> bool:
    return (_asked(method), route) in OPEN


def is_own(method: str, route: str) -> bool:
    return (_asked(method), route) in OWN


def needs_proof(method: str, route: str) -> bool:
    return (_asked(method), route) in STEP_UP


def sees(role: str, dongs: frozenset[str], dong: str | None) -> bool:
    """A home that nobody has put into a dong yet is everybody's: it must not be nobody's."""
    return role not in _LOCAL or dong is None or dong in dongs


def team_names(role: str, dongs: frozenset[str]) -> frozenset[str]:
    """The teams of the roster (`duty.roster`) that somebody belongs to."""
    if role == Role.CONTROL:
        return frozenset({CONTROL})
    return dongs if role in _LOCAL else frozenset()


def is_local(role: str) -> bool:
    return role in _LOCAL


def start_of(role: str) -> str:
    """The first page of somebody's work."""
    for path in ("/board", "/homes", "/audit"):
        if may(role, "GET", path):
            return path
    return "/account"


def _asked(method: str) -> str:
    return "GET" if method == "HEAD" else method
