"""What the entities show: one frozen picture of the household, made after each decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .logic.decide import next_deadline
from .logic.effects import Json, Target
from .logic.household import CallReport, Household, Receipt, Word
from .logic.rungs import Why
from .logic.settings import Settings
from .logic.silence import bounds, limit_of
from .logic.source import LivenessWhy
from .logic.words import Cause, Liveness, Presence, Role, Said, Stage, Watch
from .relay.home import LinkState
from .relay.words import CaseNews
from .sources.tracked import Tracked

# What sets a limit besides the rhythm's own rules: the technician, the district.
FIXED, SHORTENED = "fixed", "shortened"
# Contract §4: this near its ceiling, the district worries at once when the home falls silent.
_NEAR = timedelta(hours=6)
_SHOWN: Mapping[str | None, bool] = {"on": True, "off": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One source as it is shown."""

    role: Role
    available: bool
    active: bool | None
    liveness: Liveness
    why: LivenessWhy
    last_activity: datetime | None
    tested: bool
    ghost: bool
    link: int | None
    battery: float | None
    # Whole days, so that it is not another view every minute.
    battery_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """How long silences at this hour usually last at most, and which source spoke last."""

    usual: timedelta | None = None
    last_source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The household as it is shown."""

    stage: Stage
    since: datetime
    why: Why | None
    cause: Cause | None
    owned: bool
    episode: int | None
    # Until when a call for help may be taken back.
    take_back_until: datetime | None
    # An alert is not with the relay yet.
    untold: bool
    watch: Watch
    presence: Presence
    away_reason: str | None
    until: datetime | None
    last_sign: datetime | None
    silent_since: datetime
    watched: timedelta
    deadline: datetime | None
    limit: timedelta
    limit_why: str
    days_missing: float
    # What explains an alert, and stays in the home.
    explained: Explained
    receipt: Receipt | None
    word: Word | None
    call: CallReport | None
    case: CaseNews | None
    link: LinkState
    sources: Mapping[str, SourceView] = field(default_factory=dict)

    @property
    def inactive(self) -> bool | None:
        """Unknown only when calm and blind: then nobody can say."""
        if self.stage is not Stage.CALM:
            return True
        return None if self.watch is Watch.BLIND else False


def view_of(
    state: Household,
    settings: Settings,
    *,
    why: Why | None,
    case: CaseNews | None,
    link: LinkState,
    explained: Explained,
    sources: Mapping[str, SourceView],
) -> View:
    return View(
        stage=state.stage,
        since=state.since,
        why=why,
        cause=state.cause,
        owned=state.owned,
        episode=state.episode,
        take_back_until=state.take_back_until,
        untold=_untold(state),
        watch=state.watch,
        presence=state.stay.kind,
        away_reason=state.stay.reason,
        until=state.stay.until,
        last_sign=state.last_sign,
        silent_since=state.silent_since,
        watched=state.watched,
        deadline=next_deadline(state, settings),
        limit=limit_of(state, settings),
        limit_why=_limit_why(state, settings),
        days_missing=settings.expected.days_missing if settings.expected else 0.0,
        explained=explained,
        receipt=state.receipt,
        word=state.word,
        call=state.call,
        case=case,
        link=link,
        sources=sources,
    )


def _limit_why(state: Household, settings: Settings) -> str:
    """Which rule sets the limit, as a word that has a text."""
    expected = settings.expected
    usual = settings.limit if expected is None else expected.quiet
    if state.limit_cap is not None and state.limit_cap < usual:
        return SHORTENED
    return FIXED if expected is None else expected.why


def _untold(state: Household) -> bool:
    alerts = (e for e in state.outbox if e.data.get("episode") in state.episodes)
    return any(Target.RELAY in e.pending and e.data.get("said") != Said.NOTE for e in alerts)


def source_view(tracked: Tracked) -> SourceView:
    source, condition = tracked.source, tracked.condition
    days = condition.battery_days
    return SourceView(
        role=tracked.role,
        available=source.available,
        active=active(tracked),
        liveness=condition.liveness,
        why=condition.why,
        last_activity=source.last_activity,
        tested=source.tested is not None,
        ghost=source.ghost,
        link=source.link,
        battery=source.battery,
        battery_days=None if days is None else int(days),
    )


def active(tracked: Tracked) -> bool | None:
    """Open, moving, running: what the source itself shows."""
    if tracked.role is Role.PLUG:
        return tracked.source.running
    return _SHOWN.get(tracked.shown)


def condition_of(
    state: Household,
    settings: Settings,
    lives: Mapping[str, Liveness],
    now: datetime,
    *,
    store_ok: bool,
) -> dict[str, Json]:
    """The home's part of a heartbeat (contract/schemas/heartbeat.json)."""
    counts = {word: list(lives.values()).count(word) for word in Liveness}
    return {
        "stage": state.stage,
        "watch": state.watch,
        "presence": state.stay.kind,
        "service": "on" if state.consented else "no_consent",
        # The contract knows no limit of nothing; a few minutes would be rounded to it.
        "limit_h": max(round(limit_of(state, settings) / timedelta(hours=1), 2), 0.01),
        "householdversion": state.version,
        "near": _near(state, settings, now),
        "clock_set": state.clock.trusted,
        "store_ok": store_ok,
        "sources": {word.value: count for word, count in counts.items()},
    }


def _near(state: Household, settings: Settings, now: datetime) -> bool:
    if state.stage is not Stage.CALM:
        return True
    if state.stay.kind is Presence.AWAY:
        return False
    return bounds(state, settings).ceiling - now < _NEAR
