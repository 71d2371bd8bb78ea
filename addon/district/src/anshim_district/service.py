"""Everything the handlers need, put together once from the options and the data folder."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from .accounts import make_first_admin
from .cases.model import Times
from .casework import Casework
from .clock import Clock
from .downlink import Post
from .intake.filing import Filing, Result
from .intake.heartbeats import Beat, Heard, Listening
from .intake.known_kits import KnownKits
from .intake.known_sessions import KnownSessions
from .intake.lane import Lane
from .intake.sessions import Reception
from .intake.sorting import Sent, Sorting
from .intake.together import Together
from .keys import DistrictKeys, load_or_make_keys
from .live import Live
from .options import CaseTimes, Options, Reach
from .overseer import Overseer
from .reach.callbacks import Hearing
from .reach.carrier import Carrier, HttpCarrier
from .reach.dead_man import DeadMan
from .reach.dispatcher import Dispatcher
from .reach.outbox import LONGEST_CALL
from .reach.telling import Teller
from .registry.vault import Keeper, open_vault
from .storage.backups import Nightly
from .storage.database import After, Database
from .storage.engines import sqlite_file

DATABASE = "district.sqlite"
REGISTRY_KEY = "registry.key"
_LONGEST_ASKING = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    options: Options
    clock: Clock
    keys: DistrictKeys
    database: Database
    live: Live
    overseer: Overseer
    dispatcher: Dispatcher
    dead_man: DeadMan
    nightly: Nightly
    hearing: Hearing
    kits: KnownKits
    casework: Casework
    sessions: KnownSessions
    listening: Together[Beat, Heard]
    sorting: Together[Sent, list[Result]]
    reception: Reception
    keeper: Keeper

    @classmethod
    def put_together(cls, options: Options, data: Path, clock: Clock) -> Self:
        keys = load_or_make_keys(data)
        live = Live()
        keeper = Keeper()
        post = Post(district=options.district.id, key=keys.current)
        reach = options.reach
        asking = asking_time(reach) if reach.url else None
        casework = Casework(times=case_times(options.times), post=post, asking=asking)
        # the watchers are told by the same commits that wake the waiters
        told: list[tuple[Overseer, Dispatcher]] = []

        def after_commit(after: After) -> None:
            live.tell(after)
            for overseer, dispatcher in told:
                overseer.notice(after.due)
                if after.board or after.everything:
                    dispatcher.notice()

        database = Database(database_of(options, data), after_commit)
        overseer = Overseer(database, casework, clock)
        dispatcher = Dispatcher(
            database=database,
            casework=casework,
            clock=clock,
            keeper=keeper,
            teller=Teller(options=options),
            carrier=_carrier(options),
        )
        told.append((overseer, dispatcher))
        return cls(
            options=options,
            clock=clock,
            keys=keys,
            database=database,
            live=live,
            overseer=overseer,
            dispatcher=dispatcher,
            dead_man=DeadMan(reach.dead_man_url, database, clock, overseer),
            nightly=_nightly(options, data, clock),
            hearing=_hearing(reach, casework, keeper),
            kits=KnownKits(database),
            casework=casework,
            sessions=KnownSessions(database),
            listening=_listening(database, casework, options),
            sorting=_sorting(database, casework, keeper),
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
        now = self.clock.now()
        self.database.write_now(lambda connection, _: self.casework.adopt(connection, now))


def database_of(options: Options, data: Path) -> str:
    return options.database or sqlite_file(data / DATABASE)


def _nightly(options: Options, data: Path, clock: Clock) -> Nightly:
    return Nightly(
        data / DATABASE,
        data / "backups",
        # PostgreSQL has its own ways
        keep=0 if options.database else options.keep_backups,
        zone=ZoneInfo(options.time_zone),
        clock=clock,
    )


def asking_time(reach: Reach) -> timedelta:
    """How long all tries may take: then people are told, whatever has become of the calls."""
    one = LONGEST_CALL + timedelta(minutes=reach.pause_minutes)
    return min(_LONGEST_ASKING, reach.tries * one)


def _listening(database: Database, casework: Casework, options: Options) -> Together[Beat, Heard]:
    listening = Listening(casework=casework, usual=timedelta(seconds=options.heartbeat_seconds))
    return Together(database=database, hear_all=listening.hear_together, apart=_household)


def _sorting(
    database: Database, casework: Casework, keeper: Keeper
) -> Together[Sent, list[Result]]:
    sorting = Sorting(filing=Filing(casework=casework, keeper=keeper), lane=Lane())
    return Together(database=database, hear_all=sorting.sort, weight=_events)


def _events(sent: Sent) -> int:
    return len(sent.read)


def _household(beat: Beat) -> str:
    return beat.session.household


def _hearing(reach: Reach, casework: Casework, keeper: Keeper) -> Hearing:
    pause = timedelta(minutes=reach.pause_minutes)
    return Hearing(casework=casework, keeper=keeper, tries=reach.tries, pause=pause)


def _carrier(options: Options) -> Carrier | None:
    reach = options.reach
    if not reach.url:
        return None
    callback = f"{options.public_url.rstrip('/')}/v1/reach/callbacks"
    return HttpCarrier(url=reach.url, token=reach.token, sender=reach.sender, callback=callback)


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
        settle=timedelta(seconds=times.settle_seconds),
    )
