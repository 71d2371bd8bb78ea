"""What the control centre's own system answers: a case taken, or handled with an outcome.

The API's handler checks the signature; what the centre may answer, and what comes of it, is what
counts for its people at the console.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import Connection

from ..cases.happenings import Answers
from ..cases.words import Answer, Outcome
from ..casework import Casework
from ..duty import errands
from ..duty.errands import Kind
from ..duty.roster import CONTROL
from ..storage.database import After
from . import outbox


class CentreAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`hold` takes it for as long as a hold lasts; `refused` gives it to the next."""

    case: Annotated[str, Meta(min_length=1, max_length=64)]
    answer: Answer
    outcome: Outcome | None = None


class NotTakenError(Exception):
    """`because`: why an answer counts for nothing."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    casework: Casework

    def hear(
        self, connection: Connection, after: After, id_: str, said: CentreAnswer, now: datetime
    ) -> bool:
        """Whether it was news. Only of cases that it was told of; a refusal keeps nothing."""
        errand = errands.find_errand(connection, f"{said.case}-{Kind.HOOK}")
        if errand is None or not outbox.was_tried(connection, errand):
            raise NotTakenError("unknown_case")
        if not outbox.is_news(connection, f"centre:{id_}"[:128], now):
            return False
        answers = Answers(
            case=said.case,
            answer=said.answer,
            by=CONTROL,
            outcome=said.outcome,
            teams=frozenset({CONTROL}),
        )
        decision = self.casework.happen(connection, after, errand.household, answers, now)
        if decision.refusal:
            raise NotTakenError(decision.refusal)
        return True
