"""A question that would wake somebody in the night is asked the evening before."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

_ASK = time(21)
_BEGINS, _ENDS = 22, 7
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """When it is night, by the clock on the wall of this home."""

    zone: tzinfo


def asked_at(due: datetime, silent_since: datetime, now: datetime, night: Night | None) -> datetime:
    """`due`, or nine in the evening before it. Never later, so nobody lies longer for it.

    Only if half of the limit has passed by then: whoever was seen at half past eight is not asked
    at nine. And not in the middle of the night because the evening was missed.
    """
    if night is None:
        return due
    local = due.astimezone(night.zone)
    if _ENDS <= local.hour < _BEGINS:
        return due
    day = local.date() if local.hour >= _BEGINS else local.date() - timedelta(days=1)
    evening = datetime.combine(day, _ASK, night.zone).astimezone(due.tzinfo)
    half = silent_since + (due - silent_since) / 2
    return evening if half <= evening and now < evening + _HOUR else due
