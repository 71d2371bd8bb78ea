"""What still comes from the kit of a home that was erased: nothing of it is kept.

But a call for help: whoever presses there now is heard, without a name. Called by `filing`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, select, update

from ..cases.happenings import Alarm
from ..cases.model import Noted
from ..cases.words import Family
from ..casework import Casework, load_file, note
from ..households import household_exists, new_pseudonym, open_household
from ..pointer import Flaw
from ..storage.database import After
from ..storage.erasure_tables import erased_kits
from .meaning import meaning
from .reading import Doubtful, Signed

ERASED: Final = "erased_kit"
HELP: Final = "emergency"
# a call for help, and what takes it back
HEARD: Final = frozenset({HELP, "resolved"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LateKit:
    """Whose home was erased; `stands_for`: the nameless household of its calls for help."""

    kit: str
    stands_for: str | None


def erased_kit(connection: Connection, kit: str) -> LateKit | None:
    row: Row[tuple[str, str | None]] | None = connection.execute(
        select(erased_kits.c.kit, erased_kits.c.stands_for).where(erased_kits.c.kit == kit)
    ).first()
    return LateKit(kit=row.kit, stands_for=row.stands_for) if row else None


def without_content(read: Signed | Doubtful) -> Doubtful:
    """That something came, and from which kit: staff is to fetch it."""
    return Doubtful(
        token="",
        digest=read.digest,
        kit=read.kit,
        because=ERASED,
        flaw=Flaw(field="", reason="forbidden", detail="the home of this kit was erased"),
        kind=read.event.kind if isinstance(read, Signed) else read.kind,
    )


def hear_nameless(
    connection: Connection,
    after: After,
    casework: Casework,
    read: Signed,
    *,
    kit: LateKit,
    now: datetime,
) -> None:
    """A case of a household that has no name, the same one for each call of this kit."""
    household = kit.stands_for
    if household is None or not household_exists(connection, household):
        if read.event.kind != HELP:
            return
        household = _open(connection, kit, now)
    happening = meaning(read.event, now)
    if isinstance(happening, Alarm):
        happening = replace(happening, id=_nameless_id(read))
    if happening is None:
        return
    casework.happen(connection, after, household, happening, now)
    case = load_file(connection, household).open_case(Family.EMERGENCY)
    if case is not None and read.event.kind == HELP:
        said = Noted(
            case=case.id, code="help_from_erased", at=now, by="district", facts={"kit": kit.kit}
        )
        note(connection, household, said, now)


def _open(connection: Connection, kit: LateKit, now: datetime) -> str:
    household = new_pseudonym()
    open_household(connection, household, now)
    connection.execute(
        update(erased_kits).where(erased_kits.c.kit == kit.kit).values(stands_for=household)
    )
    return household


def _nameless_id(read: Signed) -> str:
    """An event's own id has its home's pseudonym in it."""
    return f"erased.{read.digest}"
