"""What is deleted when, of every table: the rules that the sweeper goes through."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    bindparam,
    delete,
    exists,
    func,
    select,
    update,
)

from ..storage.duty_tables import centre_signals, errands, reaches
from ..storage.registry_tables import bindings, notes
from ..storage.tables import (
    cases,
    downlink,
    enrolment_codes,
    epochs,
    events,
    hellos,
    households,
    looks,
    pulses,
    quarantine,
    sessions,
    timeline,
)
from .periods import CODES, DOWNLINK, FORMER_KITS, HELLOS, UNSEEN, Keep
from .rule import Keys, Rule
from .tally import count_on

_ARRIVED: Final = (
    update(epochs)
    .where(epochs.c.kit == bindparam("of_kit"), epochs.c.epoch == bindparam("of_epoch"))
    .where(epochs.c.complete < bindparam("up_to"))
    .values(complete=bindparam("up_to"))
)


def rules_of(keep: Keep, zone: ZoneInfo) -> tuple[Rule, ...]:
    return (
        _messages(keep.messages),
        _set_apart(keep.messages),
        _cases(keep.cases, zone),
        _evidence(keep.evidence),
        # what is told of a home as a whole, and lines of cases that are gone
        Rule(
            name="cases",
            table=timeline,
            key=timeline.c.n,
            due=lambda now: (timeline.c.received < now - keep.cases) & ~_has_case(),
            period=keep.cases,
            age=timeline.c.received,
        ),
        Rule(
            name="cases",
            table=bindings,
            key=bindings.c.n,
            due=lambda now: bindings.c.until < now - keep.cases,
        ),
        *_sent(keep.sent),
        Rule(
            name="looks",
            table=looks,
            key=looks.c.n,
            due=lambda now: looks.c.at < now - keep.looks,
            period=keep.looks,
            age=looks.c.at,
        ),
        *_of_kits(),
    )


def _messages(period: timedelta) -> Rule:
    return Rule(
        name="messages",
        table=events,
        key=events.c.n,
        due=lambda now: events.c.received < now - period,
        period=period,
        age=events.c.received,
        before=lambda connection, keys: _miss_no_more(connection, events, keys),
    )


def _set_apart(period: timedelta) -> Rule:
    def due(now: datetime) -> ColumnElement[bool]:
        was_seen = quarantine.c.seen_by.is_not(None) & (quarantine.c.received < now - period)
        return was_seen | (quarantine.c.received < now - max(period, UNSEEN))

    return Rule(
        name="messages",
        table=quarantine,
        key=quarantine.c.n,
        due=due,
        period=period,
        age=quarantine.c.received,
        before=lambda connection, keys: _miss_no_more(connection, quarantine, keys),
    )


def _miss_no_more(connection: Connection, table: Table, keys: Keys) -> None:
    """Numbers up to here count as arrived: their relay, too, has forgotten them."""
    highest = func.max(table.c.seq).label("up_to")
    numbered = table.c.n.in_(keys) & table.c.seq.is_not(None)
    rows = connection.execute(
        select(table.c.kit.label("of_kit"), table.c.epoch.label("of_epoch"), highest)
        .where(numbered)
        .group_by(table.c.kit, table.c.epoch)
    ).all()
    if rows:
        connection.execute(_ARRIVED, [row._asdict() for row in rows])


def _cases(period: timedelta, zone: ZoneInfo) -> Rule:
    def before(connection: Connection, keys: Keys) -> None:
        count_on(connection, keys, zone)
        for table in (timeline, errands, notes):
            connection.execute(delete(table).where(table.c.case.in_(keys)))

    return Rule(
        name="cases",
        table=cases,
        key=cases.c.id,
        due=lambda now: ~cases.c.is_open & (cases.c.changed < now - period),
        before=before,
    )


def _evidence(period: timedelta) -> Rule:
    """Of an open case the line stays: somebody decides by it."""

    def due(now: datetime) -> ColumnElement[bool]:
        learnt = timeline.c.code.startswith("learnt_", autoescape=True)
        return learnt & (timeline.c.received < now - period) & ~_has_case(is_open=True)

    return Rule(
        name="evidence",
        table=timeline,
        key=timeline.c.n,
        due=due,
        period=period,
        age=timeline.c.received,
    )


def _has_case(*, is_open: bool = False) -> ColumnElement[bool]:
    wanted = cases.c.id == timeline.c.case
    return exists().where(wanted & cases.c.is_open if is_open else wanted)


def _sent(period: timedelta) -> tuple[Rule, ...]:
    def is_over(now: datetime) -> ColumnElement[bool]:
        goes_on = exists().where((cases.c.id == errands.c.case) & cases.c.is_open)
        return errands.c.due.is_(None) & (errands.c.since < now - period) & ~goes_on

    return (
        Rule(
            name="sent",
            table=reaches,
            key=reaches.c.reference,
            due=lambda now: reaches.c.at < now - period,
        ),
        Rule(
            name="sent",
            table=centre_signals,
            key=centre_signals.c.n,
            due=lambda _: ~exists().where(reaches.c.reference == centre_signals.c.reference),
        ),
        Rule(name="sent", table=errands, key=errands.c.id, due=is_over),
    )


def _of_kits() -> tuple[Rule, ...]:
    speaks = select(households.c.kit).where(households.c.kit.is_not(None))

    def said_by_a_former_one(now: datetime) -> ColumnElement[bool]:
        waits = pulses.c.due.is_not(None) | pulses.c.claimed.is_not(None) | pulses.c.silent
        old = pulses.c.condition.is_not(None) & (pulses.c.heard < now - FORMER_KITS)
        return old & ~waits & pulses.c.kit.not_in(speaks)

    return (
        Rule(
            name="codes",
            table=enrolment_codes,
            key=enrolment_codes.c.hash,
            due=lambda now: enrolment_codes.c.expires < now - CODES,
        ),
        Rule(
            name="conditions",
            table=pulses,
            key=pulses.c.kit,
            due=said_by_a_former_one,
            act=_forget_condition,
        ),
        Rule(
            name="downlink",
            table=downlink,
            key=downlink.c.kit,
            due=lambda now: downlink.c.expires < now - DOWNLINK,
        ),
        Rule(
            name="sessions",
            table=sessions,
            key=sessions.c.token,
            due=lambda now: sessions.c.expires < now,
        ),
        Rule(
            name="sessions",
            table=hellos,
            key=hellos.c.kit,
            due=lambda now: hellos.c.seen < now - HELLOS,
        ),
    )


def _forget_condition(connection: Connection, keys: Keys) -> None:
    connection.execute(update(pulses).where(pulses.c.kit.in_(keys)).values(condition=None))
