"""Everything the handlers need, put together once from the options and the data folder."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

from .accounts import make_first_admin
from .cases.model import Times
from .casework import Casework
from .clock import Clock
from .downlink import Post
from .intake.filing import Filing
from .intake.heartbeats import Listening
from .intake.known_kits import KnownKits
from .intake.lane import Lane
from .intake.sessions import Reception
from .keys import DistrictKeys, load_or_make_keys
from .live import Live
from .options import CaseTimes, Options
from .overseer import Overseer
from .registry.vault import Keeper, open_vault
from .storage.database import After, Database

DATABASE = "district.sqlite"
REGISTRY_KEY = "registry.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    options: Options
    clock: Clock
    keys: DistrictKeys
    database: Database
    live: Live
    overseer: Overseer
    kits: KnownKits
    lane: Lane
    casework: Casework
    filing: Filing
    listening: Listening
    reception: Reception
    keeper: Keeper

    @classmethod
    def put_together(cls, options: Options, data: Path, clock: Clock) -> Self:
        keys = load_or_make_keys(data)
        live = Live()
        keeper = Keeper()
        post = Post(district=options.district.id, key=keys.current)
        casework = Casework(times=case_times(options.times), post=post)
        # the overseer is told of deadlines by the same commits that wake the waiters
        told: list[Overseer] = []

        def after_commit(after: After) -> None:
            live.tell(after)
            for overseer in told:
                overseer.notice(after.due)

        database = Database(data / DATABASE, after_commit)
        overseer = Overseer(database, casework, clock)
        told.append(overseer)
        return cls(
            options=options,
            clock=clock,
            keys=keys,
            database=database,
            live=live,
            overseer=overseer,
            kits=KnownKits(database),
            lane=Lane(),
            casework=casework,
            filing=Filing(casework=casework, keeper=keeper),
            listening=Listening(
                casework=casework, usual=timedelta(seconds=options.heartbeat_seconds)
            ),
            reception=Reception(casework=casework, lasts=options.session),
            keeper=keeper,
        )

    def open(self, data: Path) -> None:
        self.database.open()
        key = Path(self.options.registry_key or data / REGISTRY_KEY)
        self.keeper.vault = self.database.write_now(lambda c, _: open_vault(key, c))
        self.database.write_now(
            lambda connection, _: make_first_admin(connection, self.options.admin, data)
        )


def case_times(times: CaseTimes) -> Times:
    return Times(
        hold=timedelta(minutes=times.hold_minutes),
        rearm=timedelta(hours=times.rearm_hours),
        emergency_rearm=timedelta(minutes=times.emergency_rearm_minutes),
        visit_again=timedelta(minutes=times.visit_again_minutes),
        emergency_again=timedelta(minutes=times.emergency_again_minutes),
        knock=timedelta(minutes=times.knock_minutes),
        visit=timedelta(minutes=times.visit_minutes),
        silent_rearm=timedelta(hours=times.silent_rearm_hours),
    )
