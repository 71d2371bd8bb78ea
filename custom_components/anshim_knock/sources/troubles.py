"""What is wrong with the sources: troubles for the district, repairs for whoever comes by.

Apart from the ladder, which goes on whatever is said here. Devices that went away together with
their hub are one trouble and one repair.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..issues import (
    HUB_LOST,
    POWER_LOST,
    SOURCE_BATTERY,
    SOURCE_BATTERY_DAYS,
    SOURCE_GHOST,
    SOURCE_GONE,
    SOURCE_LOST,
    SOURCE_SWAPPED,
    SOURCE_UNTESTED,
    Issues,
)
from ..logic.inputs import Trouble
from ..logic.source import GRACE, INTERVAL, LivenessWhy
from ..logic.words import Liveness, Role, Watch
from .hubs import Hub, Member, is_down, name_of, outages, power_cut
from .tracked import Tracked
from .tracker import SourceTracker

# A technician's round comes once a week; a replaced battery is well above both.
_LOW_DAYS, _LOW_PERCENT = 14, 10.0
_DIM_SETTLES = timedelta(minutes=10)
_GONE = "source_gone"
_CODES = ("source_lost", "hub_lost", "power_lost", "battery", "dim")
_ON_MAINS = frozenset({Role.PLUG, Role.LIGHT})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """By code: how many sources it concerns. `uncertain`: some may yet come back by themselves."""

    counts: Mapping[str, int]
    uncertain: bool


class SourceTroubles:
    """Asked whenever a source is other than before, and from time to time."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, tracker: SourceTracker, issues: Issues
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._tracker = tracker
        self._issues = issues
        self._told: dict[str, int] = {}
        self._dim_since: datetime | None = None
        # What went away together, and since when some of it has been back.
        self._together: frozenset[str] = frozenset()
        self._returning: dict[str, datetime] = {}

    def look(self, now: datetime, watch: Watch, known: Iterable[str]) -> list[Trouble]:
        """What the household must be told. `known`: what it has been told before."""
        found = self._found(now, watch)
        told: list[Trouble] = []
        for code in _CODES:
            count, was = found.counts.get(code, 0), code in known
            if count > (self._told.get(code, count) if was else 0):
                told.append(Trouble(code=code, raised=True, count=count or None, again=was))
            elif was and not count and not found.uncertain:
                told.append(Trouble(code=code, raised=False))
            self._told[code] = count
        return told

    def gone(self, known: Collection[str]) -> Trouble | None:
        """A sensor that was removed cannot be waited for: a person must choose another."""
        gone = self._tracker.gone()
        for key, subentry in self._entry.subentries.items():
            self._issues.tell(SOURCE_GONE, raised=key in gone, part=key, source=subentry.title)
        is_known = _GONE in known
        return Trouble(code=_GONE, raised=not is_known) if bool(gone) is not is_known else None

    def next_change(self) -> datetime | None:
        """When something has lasted long enough to be told, if nothing else happens."""
        marks = [since + GRACE for since in self._returning.values()]
        if self._dim_since is not None and not self._told.get("dim", 0):
            marks.append(self._dim_since + _DIM_SETTLES)
        return min(marks, default=None)

    def _found(self, now: datetime, watch: Watch) -> _Found:
        # What a walk test has not proved counts for nothing; neither does its silence.
        tested = {k: t for k, t in self._present().items() if t.source.tested is not None}
        members = [self._member(t) for t in tested.values()]
        hubs = outages(members)
        with_hub = frozenset(key for keys in hubs.values() for key in keys)
        with_power = power_cut(members) - with_hub
        with_others = with_power | with_hub | self._still_returning(with_power | with_hub, now)
        lost = [k for k, t in tested.items() if k not in with_others and self._is_lost(t, now)]
        low = {k: t.condition.battery_days for k, t in tested.items() if _is_low(t)}
        self._tell_together(hubs, with_power)
        self._repairs(SOURCE_LOST, lost)
        self._repairs(SOURCE_BATTERY, [k for k, days in low.items() if days is None])
        self._tell_days(low)
        self._repairs(SOURCE_GHOST, [k for k, t in tested.items() if t.source.ghost])
        self._tell_untested()
        late = any(t.condition.liveness is Liveness.LATE for t in tested.values())
        counts = {
            "source_lost": len(lost),
            "hub_lost": len(with_hub),
            "power_lost": len(with_power),
            "battery": len(low),
            "dim": self._dim(now, watch),
        }
        return _Found(counts=counts, uncertain=late)

    def _still_returning(self, together: frozenset[str], now: datetime) -> frozenset[str]:
        """An outage ends with one device after the other: the last of them is not broken.

        What has not come back in time is told of by itself.
        """
        waited = {k: since for k, since in self._returning.items() if k not in together}
        waited |= dict.fromkeys(self._together - together, now)
        self._together = together
        self._returning = {k: at for k, at in waited.items() if timedelta(0) <= now - at < GRACE}
        return frozenset(self._returning)

    def _tell_together(
        self, hubs: Mapping[Hub, frozenset[str]], with_power: frozenset[str]
    ) -> None:
        """One repair for all that went away in one moment."""
        self._issues.tell_all(
            HUB_LOST,
            {
                f"{hub.entry_id}_{hub.bridge or ''}": {
                    "hub": name_of(self._hass, hub),
                    "count": str(len(keys)),
                }
                for hub, keys in hubs.items()
            },
        )
        self._issues.tell(POWER_LOST, raised=bool(with_power), count=str(len(with_power)))

    def _tell_days(self, low: Mapping[str, float | None]) -> None:
        known = {part: days for part, days in low.items() if days is not None}
        self._repairs(
            SOURCE_BATTERY_DAYS,
            known,
            {part: str(max(int(days), 1)) for part, days in known.items()},
        )

    def _dim(self, now: datetime, watch: Watch) -> int:
        """How many could not be seen, once that has lasted."""
        if watch is not Watch.DIM:
            self._dim_since = None
            return 0
        self._dim_since = self._dim_since or now
        if now - self._dim_since < _DIM_SETTLES:
            return 0
        lives = self._tracker.lives().values()
        return max(sum(life is not Liveness.LIVE for life in lives), 1)

    def _tell_untested(self) -> None:
        untested = {k: t for k, t in self._present().items() if t.source.tested is None}
        self._repairs(SOURCE_SWAPPED, [k for k, t in untested.items() if t.swapped])
        self._repairs(SOURCE_UNTESTED, [k for k, t in untested.items() if not t.swapped])

    def _present(self) -> Mapping[str, Tracked]:
        """Not those that are gone: these are a trouble of their own."""
        return {k: t for k, t in self._tracker.sources.items() if t.entity_id is not None}

    def _member(self, tracked: Tracked) -> Member:
        why, source = tracked.condition.why, tracked.source
        gone = why in {LivenessWhy.UNAVAILABLE, LivenessWhy.UNREACHABLE}
        down = self._tracker.bridge_is_gone(tracked) or (
            tracked.hub is not None and is_down(self._hass, tracked.hub)
        )
        return Member(
            key=tracked.subentry_id,
            hub=tracked.hub,
            gone_since=source.changed if gone else None,
            lost=tracked.condition.liveness is Liveness.LOST,
            down=down,
            mains=tracked.role in _ON_MAINS,
        )

    def _is_lost(self, tracked: Tracked, now: datetime) -> bool:
        if tracked.condition.liveness is not Liveness.LOST:
            return False
        if tracked.condition.why is not LivenessWhy.NEVER_HEARD:
            return True
        # It has not yet had the time in which such a device says something by itself.
        since = max(tracked.source.tested or now, self._tracker.listening_since)
        return now - since >= INTERVAL[tracked.role]

    def _repairs(
        self, key: str, sources: Iterable[str], days: Mapping[str, str] | None = None
    ) -> None:
        names = {p: self._entry.subentries[p].title for p in sources if p in self._entry.subentries}
        more = {part: {"days": left} for part, left in (days or {}).items()}
        self._issues.tell_all(
            key, {part: {"source": name, **more.get(part, {})} for part, name in names.items()}
        )


def _is_low(tracked: Tracked) -> bool:
    days, percent = tracked.condition.battery_days, tracked.source.battery
    if days is not None and days <= _LOW_DAYS:
        return True
    return percent is not None and percent <= _LOW_PERCENT
