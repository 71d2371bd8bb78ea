"""Loads a household's file, lets `cases.decide` decide, keeps what came of it.

All within one transaction.

Called by intake (events), the console (answers) and the overseer (deadlines, silence).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import msgspec
import orjson
from sqlalchemy import Connection, insert, select, update

from .cases.decide import decide
from .cases.happenings import Answers, Happening
from .cases.model import (
    Case,
    Decision,
    Effect,
    File,
    Ledger,
    Noted,
    SendCall,
    SendLife,
    SendReceipt,
    TellHome,
    Times,
)
from .cases.words import Stage
from .clock import rfc3339
from .downlink import Data, Post
from .duty import errands
from .duty.book import shift_ends
from .storage.database import After
from .storage.duty_tables import errands as errands_table
from .storage.tables import cases, households, staff, timeline

# what the home's own ladder calls the stage; a question or a silence has no rung there
_HOME_STAGE: Final = frozenset({Stage.QUIET, Stage.KNOCK, Stage.VISIT, Stage.EMERGENCY})
# whose answer it was, as a closed code: names stay here
_ROLES: Final = {"officer": "dong", "control": "control"}


class NoSuchHouseholdError(Exception):
    """Nobody issued a code for this household."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Casework:
    times: Times
    post: Post
    # how long an automatic call has before people are told; without a carrier nobody is
    asking: timedelta | None = None

    def happen(
        self,
        connection: Connection,
        after: After,
        household: str,
        happening: Happening,
        now: datetime,
    ) -> Decision:
        before = load_file(connection, household)
        if isinstance(happening, Answers):
            happening = replace(happening, off_at=shift_ends(connection, happening.by, now))
        decision = decide(before, happening, times=self.times, now=now)
        if decision.refusal or decision == Decision(file=before):
            return decision
        _save(connection, before, decision.file)
        if self.asking is not None:
            errands.follow(
                connection, before=before, after=decision.file, asking=self.asking, now=now
            )
        for effect in decision.effects:
            self._perform(connection, after, household, effect, now)
        after.board = True
        after.wake_at(decision.due)
        return decision

    def adopt(self, connection: Connection, now: datetime) -> None:
        """Cases that nobody has from before there was a carrier: people are told of them too."""
        if self.asking is None:
            return
        told = select(errands_table.c.case)
        orphans = select(cases.c.household).where(cases.c.is_open, cases.c.id.not_in(told))
        for household in connection.scalars(orphans.distinct()).all():
            file = load_file(connection, household)
            errands.follow(
                connection, before=File(ledger=file.ledger), after=file, asking=self.asking, now=now
            )

    def _perform(
        self,
        connection: Connection,
        after: After,
        household: str,
        effect: Effect,
        now: datetime,
    ) -> None:
        if isinstance(effect, Noted):
            note(connection, household, effect, now)
            return
        kind, data = _letter(connection, effect)
        about = effect.case.id if effect.case else None
        at = effect.at if isinstance(effect, SendReceipt) and effect.at else now
        self.post.send(
            connection, after, household, kind=kind, about=about, data=data, at=at, now=now
        )


def note(connection: Connection, household: str, noted: Noted, now: datetime) -> None:
    connection.execute(
        insert(timeline).values(
            household=household,
            case=noted.case,
            code=noted.code,
            by=noted.by,
            at=noted.at,
            received=now,
            facts=orjson.dumps(noted.facts).decode(),
        )
    )


def load_file(connection: Connection, household: str) -> File:
    ledger = connection.scalar(select(households.c.ledger).where(households.c.id == household))
    if ledger is None:
        raise NoSuchHouseholdError(household)
    rows = connection.scalars(
        select(cases.c.state).where(cases.c.household == household, cases.c.is_open)
    )
    return File(ledger=read_ledger(ledger), cases=tuple(read_case(state) for state in rows))


def read_ledger(state: bytes) -> Ledger:
    return msgspec.json.decode(state, type=Ledger)


def read_case(state: bytes) -> Case:
    return msgspec.json.decode(state, type=Case)


def _save(connection: Connection, before: File, after: File) -> None:
    if after.ledger != before.ledger:
        connection.execute(
            update(households)
            .where(households.c.id == after.ledger.household)
            .values(ledger=msgspec.json.encode(after.ledger))
        )
    known = {case.id: case for case in before.cases}
    # what closes goes first: only one may be open in a family
    for case in sorted(after.cases, key=lambda case: case.is_open):
        if case.id not in known:
            connection.execute(
                insert(cases).values(id=case.id, household=after.ledger.household, **_columns(case))
            )
        elif known[case.id] != case:
            connection.execute(update(cases).where(cases.c.id == case.id).values(_columns(case)))


def _columns(case: Case) -> dict[str, object]:
    return {
        "family": case.family.value,
        "stage": case.stage.value,
        "standing": case.standing.value,
        "owner": case.owner,
        "opened": case.opened_at,
        "changed": case.changed_at,
        "due": case.due,
        "is_open": case.is_open,
        "state": msgspec.json.encode(case),
    }


def _letter(
    connection: Connection, effect: TellHome | SendReceipt | SendLife | SendCall
) -> tuple[str, Data]:
    """What goes down to the home: the kind of message, and its data."""
    match effect:
        case TellHome(case=case, told=told):
            return "case", _case_data(case, told.value)
        case SendReceipt():
            return "receipt", _receipt_data(connection, effect)
        case SendLife(evidence=evidence, at=at):
            return "life", {"evidence": evidence, "at": rfc3339(at)}
        case SendCall(result=result, attempt=attempt):
            return "call", {"result": result, "try": attempt}


def _case_data(case: Case, told: str) -> Data:
    kind = case.stage.value if case.stage is Stage.UNKNOWN else case.family.value
    data: Data = {"state": told, "kind": kind, "episode": case.episode}
    if case.stage in _HOME_STAGE:
        data["stage"] = case.stage.value
    return data


def _receipt_data(connection: Connection, receipt: SendReceipt) -> Data:
    answers: dict[str, str | int | None] = {"episode": receipt.case.episode}
    if receipt.case.alert:
        answers["id"] = receipt.case.alert
    person = receipt.case.owner or receipt.case.closed_by
    role = connection.scalar(select(staff.c.role).where(staff.c.user == person))
    data: Data = {
        "answers": answers,
        "answer": receipt.answer.value,
        "by": _ROLES.get(role or "", "staff"),
    }
    if receipt.outcome:
        data["outcome"] = receipt.outcome.value
    if receipt.until:
        data["until"] = rfc3339(receipt.until)
    return data
