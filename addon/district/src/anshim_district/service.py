"""Everything the handlers need, put together once from the options and the data folder."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
import time
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from .accounts import make_first_admin
from .cases.model import Times
from .casework import Casework
from .clock import Clock
from .downlink import Post
from .forgetting.eraser import Eraser
from .forgetting.journal import Journal
from .forgetting.sweeper import Sweeper
from .intake.evidence import Witness
from .intake.filing import Filing, Result
from .intake.heartbeats import Beat, Heard, Listening
from .intake.known_kits import KnownKits
from .intake.known_sessions import KnownSessions
from .intake.lane import Lane
from .intake.late import HELP
from .intake.lost_file import LostFile
from .intake.mqtt import MqttIntake
from .intake.reading import Signed
from .intake.revocation import Revocation, all_revocations
from .intake.sessions import Reception
from .intake.sorting import Sent, Sorting
from .intake.taking import Taking
from .intake.together import Together
from .keys import DistrictKeys, load_or_make_keys
from .live import Live
from .metrics.counted import Figures
from .options import CaseTimes, Options
from .overseer import Overseer
from .presence import Presence
from .reach import outbox
from .reach.callbacks import Ear, Hearing
from .reach.carriers import carrier_of, mailer_of, ways_of
from .reach.clerk import Clerk
from .reach.dead_man import DeadMan
from .reach.dispatcher import Dispatcher
from .reach.options import Reach
from .reach.outbox import LONGEST_CALL
from .reach.outside import Outside
from .reach.telling import Teller
from .registry.vault import Keeper, open_vault
from .storage.backups import Nightly
from .storage.database import After, Database
from .storage.engines import sqlite_file
from .storage.migrate import is_begun

DATABASE = "district.sqlite"
BACKUPS = "backups"
REGISTRY_KEY = "registry.key"
# a call for help waits for one such commit at most
_EVENTS_AT_ONCE: Final = 150
# a heartbeat is in no hurry: some that come in a breath go to the disk as one (seconds)
_BREATH: Final = 0.03
# fewer than have a place: others are read while these are on their way
_BEATS_AT_ONCE: Final = 128
JOURNAL = "erasures.journal"
_LONGEST_ASKING = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    options: Options
    clock: Clock
    keys: DistrictKeys
    database: Database
    presence: Presence
    figures: Figures
    live: Live
    overseer: Overseer
    dispatcher: Dispatcher
    outside: Outside
    dead_man: DeadMan
    nightly: Nightly
    eraser: Eraser
    sweeper: Sweeper
    ear: Ear
    kits: KnownKits
    lane: Lane
    taking: Taking
    mqtt: MqttIntake | None
    casework: Casework
    sessions: KnownSessions
    listening: Together[Beat, Heard]
    filing: Filing
    reception: Reception
    keeper: Keeper
    witness: Witness
    lost_file: LostFile

    @classmethod
    def put_together(cls, options: Options, data: Path, clock: Clock) -> Self:
        where = database_of(options, data)
        keys = load_or_make_keys(data, begun=is_begun(where))
        live, figures = Live(), Figures(began=clock.now(), monotonic=time.monotonic())
        keeper = Keeper()
        casework = _casework(options, keys)
        # the watchers are told by the same commits that wake the waiters
        told: list[tuple[Overseer, Sequence[Dispatcher | Clerk[Any]]]] = []
        after_commit = _told_of_commits(live, figures, told)
        database = Database(where, after_commit, figures.commits)
        presence = Presence(database)
        overseer = Overseer(database, casework, clock)
        ear = Ear(hearing=_hearing(options, casework, keeper), database=database, clock=clock)
        dispatcher = _dispatcher(options, database, keeper, ear)
        outside = Outside.of(options, casework, database, keeper, clock)
        told.append((overseer, (dispatcher, *outside.clerks)))
        filing = Filing(casework=casework, keeper=keeper)
        taking = _taking(database, filing, keys, clock, figures)
        return cls(
            options=options,
            clock=clock,
            keys=keys,
            database=database,
            presence=presence,
            figures=figures,
            live=live,
            overseer=overseer,
            dispatcher=dispatcher,
            outside=outside,
            dead_man=DeadMan(options.reach.dead_man_url, presence, clock, overseer, dispatcher),
            nightly=_nightly(options, data, clock),
            eraser=eraser_of(options, data, database),
            sweeper=Sweeper(database, options.keep, ZoneInfo(options.time_zone), clock),
            ear=ear,
            kits=taking.kits,
            lane=Lane(),
            taking=taking,
            mqtt=mqtt_intake(options, taking),
            casework=casework,
            filing=filing,
            sessions=KnownSessions(database),
            listening=_listening(database, casework, options),
            reception=Reception(casework=casework, lasts=options.session),
            keeper=keeper,
            witness=Witness(casework=casework, keeper=keeper, zone=ZoneInfo(options.time_zone)),
            lost_file=LostFile(data),
        )

    def open(self, data: Path) -> None:
        lost = self.lost_file.read()
        self.database.open()
        try:
            self._open(data, lost)
        except Exception:
            self.database.close()
            raise

    def _open(self, data: Path, lost: list[Revocation]) -> None:
        # before anybody is served: who was erased is not here again
        now = self.clock.now()
        self.eraser.recall(now)
        key = registry_key_of(self.options, data)
        self.keeper.vault = self.database.write_now(lambda c, _: open_vault(key, c))
        self.database.write_now(
            lambda connection, _: make_first_admin(connection, self.options.admin, data)
        )
        self.database.write_now(
            lambda connection, _: self.lost_file.make_whole(connection, self.casework, lost, now)
        )
        self.database.write_now(lambda connection, _: self.casework.adopt(connection, now))
        self.database.write_now(lambda connection, _: self.outside.give_up_the_rest(connection))
        if not self.options.database:
            self.database.write_now(lambda connection, _: outbox.take_up(connection, now))
        if self.options.sip.server:
            self.database.write_now(lambda connection, _: self.ear.call_again(connection, now))

    async def keep_lost(self) -> None:
        """After the commit that holds it: until then the database alone knows."""
        lost = await self.database.read(all_revocations)
        await asyncio.to_thread(self.lost_file.write, lost)


def _dispatcher(
    options: Options,
    database: Database,
    keeper: Keeper,
    ear: Ear,
) -> Dispatcher:
    carrier = carrier_of(options, ear.report)
    return Dispatcher(
        database=database,
        casework=ear.hearing.casework,
        clock=ear.clock,
        keeper=keeper,
        teller=Teller(options=options, ways=ways_of(options, carrier)),
        carrier=carrier,
        mailer=mailer_of(options),
    )


def _told_of_commits(
    live: Live, figures: Figures, told: Sequence[tuple[Overseer, Sequence[Dispatcher | Clerk[Any]]]]
) -> Callable[[After], None]:
    """`told` is filled when there is somebody to tell."""

    def after_commit(after: After) -> None:
        live.tell(after)
        figures.reached.update(after.reached)
        for overseer, tellers in told:
            overseer.notice(after.due)
            if after.board or after.everything:
                for teller in tellers:
                    teller.notice()

    return after_commit


def _casework(options: Options, keys: DistrictKeys) -> Casework:
    reach = options.reach
    asking = asking_time(reach) if reach.url or options.sip.server else None
    post = Post(district=options.district.id, key=keys.current)
    return Casework(times=case_times(options.times), post=post, asking=asking)


def _taking(
    database: Database, filing: Filing, keys: DistrictKeys, clock: Clock, figures: Figures
) -> Taking:
    return Taking(
        kits=KnownKits(database),
        sorting=_sorting(database, filing),
        key=keys.current,
        clock=clock,
        figures=figures,
    )


def mqtt_intake(options: Options, taking: Taking) -> MqttIntake | None:
    if not options.mqtt.url:
        return None
    return MqttIntake(
        options=options.mqtt, name=f"anshim-district-{options.district.id}", taking=taking
    )


def database_of(options: Options, data: Path) -> str:
    return options.database or sqlite_file(data / DATABASE)


def registry_key_of(options: Options, data: Path) -> Path:
    return Path(options.registry_key or data / REGISTRY_KEY)


def eraser_of(options: Options, data: Path, database: Database) -> Eraser:
    journal = Journal(Path(options.erasure_journal or data / JOURNAL))
    return Eraser(database=database, journal=journal, zone=ZoneInfo(options.time_zone))


def _nightly(options: Options, data: Path, clock: Clock) -> Nightly:
    return Nightly(
        data / DATABASE,
        data / BACKUPS,
        keep=options.keep_backups,
        # PostgreSQL has its own ways; what was taken before a move to it still goes
        takes=not options.database,
        zone=ZoneInfo(options.time_zone),
        clock=clock,
    )


def asking_time(reach: Reach) -> timedelta:
    """How long all tries may take: then people are told, whatever has become of the calls."""
    one = LONGEST_CALL + timedelta(minutes=reach.pause_minutes)
    return min(_LONGEST_ASKING, reach.tries * one)


def _listening(database: Database, casework: Casework, options: Options) -> Together[Beat, Heard]:
    listening = Listening(casework=casework, usual=timedelta(seconds=options.heartbeat_seconds))
    return Together(
        database=database,
        hear_all=listening.hear_together,
        apart=_household,
        most=_BEATS_AT_ONCE,
        breath=_BREATH,
    )


def _sorting(database: Database, filing: Filing) -> Together[Sent, list[Result]]:
    sorting = Sorting(filing=filing, lane=Lane())
    return Together(
        database=database,
        hear_all=sorting.sort,
        weight=_events,
        is_urgent=_calls_for_help,
        most=_EVENTS_AT_ONCE,
    )


def _events(sent: Sent) -> int:
    return len(sent.read)


def _calls_for_help(sent: Sent) -> bool:
    return any(isinstance(one, Signed) and one.event.kind == HELP for one in sent.read)


def _household(beat: Beat) -> str:
    return beat.session.household


def _hearing(options: Options, casework: Casework, keeper: Keeper) -> Hearing:
    reach = options.reach
    pause = timedelta(minutes=reach.pause_minutes)
    return Hearing(casework=casework, keeper=keeper, tries=reach.tries, pause=pause)


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
