"""A month as the district counts it: what the auditor's and the council's pages are about."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from ..api import SERVICE
from .visitor import VISITOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """From its first moment to the next month's, where the district is."""

    name: str
    begins: datetime
    ends: datetime


def asked_month(request: web.Request) -> Month:
    """The one that the address names (`?month=2026-11`), else this one; 404 for what is none."""
    zone = ZoneInfo(request.app[SERVICE].options.time_zone)
    here = request[VISITOR].now.astimezone(zone)
    asked = request.query.get("month") or f"{here:%Y-%m}"
    try:
        begins = datetime.strptime(asked, "%Y-%m").replace(tzinfo=zone)
        last = begins.month == 12  # noqa: PLR2004 - December
        ends = begins.replace(year=begins.year + last, month=1 if last else begins.month + 1)
        return Month(name=asked, begins=begins.astimezone(UTC), ends=ends.astimezone(UTC))
    except (ValueError, OverflowError) as error:
        raise web.HTTPNotFound(text="error.not_found") from error
