"""The control centre's systems and the telephone line, as the options name them.

Put together by the service, once.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from sqlalchemy import Connection

from ..casework import Casework
from ..clock import Clock
from ..duty import errands
from ..duty.errands import Kind
from ..options import Options
from ..registry.vault import Keeper
from ..storage.database import Database
from .carriers import hook_of, receiver_of, registration_of
from .centre import Centre
from .clerk import Clerk
from .dc09.system import Dc09System
from .line_watch import LineWatch
from .news import System
from .options import centre_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    clerks: tuple[Clerk[Any], ...]
    receiver: Dc09System | None
    line: LineWatch | None
    # what the control centre answers, and with which keys
    centre: Centre
    keys: tuple[bytes, ...]

    @classmethod
    def of(
        cls, options: Options, casework: Casework, database: Database, keeper: Keeper, clock: Clock
    ) -> Self:
        receiver = receiver_of(options, clock)
        systems: tuple[System[Any] | None, ...] = (hook_of(options, clock), receiver)
        return cls(
            clerks=tuple(
                Clerk(system=system, database=database, clock=clock, keeper=keeper)
                for system in systems
                if system is not None
            ),
            receiver=receiver,
            line=_line_watch(options, database, clock),
            centre=Centre(casework=casework),
            keys=centre_keys(options.centre),
        )

    def give_up_the_rest(self, connection: Connection) -> None:
        """At the start: what was begun for what the options do not name any more."""
        named = {clerk.system.kind for clerk in self.clerks}
        if self.line is not None:
            named.add(Kind.LINE)
        errands.give_up(connection, errands.OPTIONAL - named)


def _line_watch(options: Options, database: Database, clock: Clock) -> LineWatch | None:
    registration = registration_of(options, clock)
    if registration is None:
        return None
    patience = timedelta(minutes=options.sip.down_minutes)
    return LineWatch(registration=registration, database=database, clock=clock, patience=patience)
