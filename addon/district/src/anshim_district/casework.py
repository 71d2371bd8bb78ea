"""Loads a household's file, lets `cases.decide` decide, keeps what came of it.

All within one transaction.

Called by intake (events), the console (answers) and the overseer (deadlines, silence).
"""

from collections import defaultdict
from copy import replace
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select

from .access import Role
from .cases.decide import decide
from .cases.happenings import Answers, Happening
from .cases.model import (
    Case,
    Decision,
    Effect,
    File,
    Noted,
    SendCall,
    SendLife,
    SendReceipt,
    TellHome,
    Times,
)
from .cases.words import Answer, Stage, Standing
from .clock import rfc3339
from .desk import Desk, line
from .downlink import Data, Post
from .duty import errands
from .duty.book import shift_ends
from .duty.roster import CONTROL
from .storage.database import After
from .storage.duty_tables import errands as errands_table
from .storage.tables import cases, is_open, staff, timeline

# what the home's own ladder calls the stage; a question or a silence has no rung there
_HOME_STAGE: Final = frozenset({Stage.QUIET, Stage.KNOCK, Stage.VISIT, Stage.EMERGENCY})
# whose answer it was, as a closed code: names stay here
_ROLES: Final = {"officer": "dong", "control": "control"}


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
        desk = Desk(connection)
        decision = self.happen_at(desk, after, household, happening, now)
        desk.put_down()
        return decision

    def happen_at(
        self,
        desk: Desk,
        after: After,
        household: str,
        happening: Happening,
        now: datetime,
    ) -> Decision:
        """The same, for many at once: whoever opened the desk puts it down."""
        before = desk.home(household).file
        if isinstance(happening, Answers):
            off_at = shift_ends(desk.connection, happening.by, now)
            happening = replace(happening, off_at=off_at)
        decision = decide(before, happening, times=self.times, now=now)
        if decision.refusal or decision == Decision(file=before):
            return decision
        desk.keep(decision.file)
        if self.asking is not None:
            errands.follow(
                desk.connection, before=before, after=decision.file, asking=self.asking, now=now
            )
            errands.follow_gifts(desk.connection, before=before, after=decision.file, now=now)
        if isinstance(happening, Answers) and happening.answer is Answer.REFUSED:
            errands.pass_on(desk.connection, happening.case, now)
        for effect in decision.effects:
            self._perform(desk, after, household, effect, now)
        after.board = True
        after.wake_at(decision.due)
        return decision

    def adopt(self, connection: Connection, now: datetime) -> None:
        """Cases that nobody has, and of which nobody is being told: people are told of them too.

        They are from before there was a carrier, or came back while there was none.
        """
        if self.asking is None:
            return
        for household, orphans in _orphans(connection).items():
            file = load_file(connection, household)
            known = tuple(case for case in file.cases if case.id not in orphans)
            before = File(ledger=file.ledger, cases=known)
            errands.follow(connection, before=before, after=file, asking=self.asking, now=now)

    def _perform(
        self, desk: Desk, after: After, household: str, effect: Effect, now: datetime
    ) -> None:
        if isinstance(effect, Noted):
            desk.note(household, effect, now)
            return
        kind, data = _letter(desk.connection, effect)
        about = effect.case.id if effect.case else None
        at = effect.at if isinstance(effect, SendReceipt) and effect.at else now
        letter = self.post.letter(household, kind=kind, about=about, data=data, at=at, now=now)
        if kit := desk.send(household, letter):
            after.kits.add(kit)


def _orphans(connection: Connection) -> dict[str, set[str]]:
    """By household, the cases."""
    told = select(errands_table.c.case).where(
        errands_table.c.kind.in_(errands.PEOPLE), errands_table.c.due.is_not(None)
    )
    free = select(cases.c.household, cases.c.id).where(
        is_open, cases.c.standing == Standing.FREE.value, cases.c.id.not_in(told)
    )
    found: defaultdict[str, set[str]] = defaultdict(set)
    for household, case in connection.execute(free):
        found[household].add(case)
    return found


def note(connection: Connection, household: str, noted: Noted, now: datetime) -> None:
    connection.execute(insert(timeline), line(household, noted, now))


def declined_by(
    connection: Connection, case: str, *, since: datetime, until: datetime
) -> frozenset[str]:
    """Who gave the case on in this time."""
    said = select(timeline.c.by).where(
        timeline.c.case == case,
        timeline.c.code == Answer.REFUSED.value,
        timeline.c.at > since,
        timeline.c.at <= until,
    )
    return frozenset(connection.scalars(said))


def load_file(connection: Connection, household: str) -> File:
    return Desk(connection).home(household).file


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
    # at the control centre's telephone, or by its system, a team answers
    team = Role.CONTROL.value if person == CONTROL else None
    role = team or connection.scalar(select(staff.c.role).where(staff.c.user == person))
    data: Data = {
        "answers": answers,
        "answer": receipt.answer.value,
        "by": _ROLES.get(role or "", "staff"),
    }
    if receipt.outcome:
        data["outcome"] = receipt.outcome.value
    if receipt.at_home:
        data["seen_at"] = "home"
    if receipt.until:
        data["until"] = rfc3339(receipt.until)
    return data
