"""The command line: `anshim-district --options FILE --data DIR [enrol --household h-…]`."""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
import sys
from typing import Final

import orjson
from sqlalchemy.exc import OperationalError

from .clock import SystemClock, rfc3339
from .forgetting.eraser import begin_anew
from .forgetting.journal import JournalError
from .households import BadPseudonymError, ErasedPseudonymError, issue_code, new_pseudonym
from .intake.lost_file import LostFileError
from .keys import KeyFileError, load_or_make_keys, make_keys, rotate_keys
from .logs import start_logging
from .options import Options, OptionsError, read_options
from .qr import enrolment_uri
from .registry.rekeying import seal_all_anew
from .registry.vault import open_vault
from .server import serve
from .service import BACKUPS, DATABASE, database_of, eraser_of, registry_key_of
from .storage.backups import BackupError, back_up, in_use, lay_back
from .storage.database import Database
from .storage.migrate import NewerDatabaseError, is_begun
from .storage.moving import MoveError, move

_WRONG_OPTIONS: Final = 2
# one sentence each, which says what to do
_SAID: Final = (
    *(OptionsError, KeyFileError, BadPseudonymError, ErasedPseudonymError),
    *(BackupError, JournalError, LostFileError, MoveError, NewerDatabaseError),
)


def main(arguments: Sequence[str] | None = None) -> int:
    start_logging()
    given = _parser().parse_args(arguments)
    try:
        options = read_options(given.options)
        given.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        _perform(options, given)
    except _SAID as error:
        return _wrong(str(error))
    except OperationalError as error:
        return _wrong(f"The database cannot be used: {str(error.orig).strip().splitlines()[0]}.")
    except OSError as error:
        return _wrong(f"{error.strerror or error}: {error.filename or given.data}.")
    return 0


def _perform(options: Options, given: argparse.Namespace) -> None:
    match given.command:
        case "enrol":
            with in_use(given.data, alone=False):
                _enrol(options, given.data, given.household)
        case "backup":
            back_up(_sqlite_of(options, given.data), given.file)
        case "restore":
            _restore(options, given.data, given.file)
        case "move":
            _move(options, given.data, given.to)
        case None:
            with in_use(given.data, alone=False):
                asyncio.run(serve(options, given.data, host=given.host or options.listen.host))
        case secret:
            _change(options, given.data, secret)


def _change(options: Options, data: Path, what: str) -> None:
    """What lies beside the database: keys, and the journal."""
    match what:
        case "rotate-key":
            rotate_keys(data)
            sys.stdout.write("The successor is the current key from the next start on.\n")
        case "new-registry-key":
            _new_registry_key(options, data)
        case "new-journal":
            _new_journal(options, data)
        case "new-keys":
            make_keys(data)
            sys.stdout.write("New keys are made. Enrol every kit again.\n")


def _wrong(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return _WRONG_OPTIONS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="anshim-district", description="The reference district server of Anshim Knock."
    )
    parser.add_argument("--options", type=Path, required=True, help="JSON file, see DOCS.md")
    parser.add_argument("--data", type=Path, required=True, help="folder for what is kept")
    parser.add_argument("--host", help="address to listen on, instead of the options'")
    commands = parser.add_subparsers(dest="command")
    enrol = commands.add_parser("enrol", help="print a one-time code for a household as JSON")
    enrol.add_argument("--household", help="its pseudonym, h-…; without it a new one is made")
    backup = commands.add_parser("backup", help="copy the database, beside a running server too")
    backup.add_argument("file", type=Path)
    restore = commands.add_parser("restore", help="lay a backup back while no server runs")
    restore.add_argument("file", type=Path)
    moving = commands.add_parser("move", help="all to another database, while no server runs")
    moving.add_argument(
        "to", type=Path, help="the options that the district is started with from then on"
    )
    commands.add_parser(
        "new-journal", help="after the journal of erasures was lost: begun from the database"
    )
    commands.add_parser(
        "new-registry-key",
        help="seal all names anew while no server runs: no older backup can be read any more",
    )
    commands.add_parser(
        "rotate-key", help="make the successor the current key: kits have it pinned and follow"
    )
    commands.add_parser("new-keys", help="after both keys were lost: every kit is enrolled again")
    return parser


def _sqlite_of(options: Options, data: Path) -> Path:
    if options.database:
        raise BackupError("This district keeps everything in PostgreSQL: use pg_dump, pg_restore.")
    return data / DATABASE


def _restore(options: Options, data: Path, backup: Path) -> None:
    database = _sqlite_of(options, data)
    with in_use(data, alone=True):
        aside = lay_back(backup, database)
    if aside:
        sys.stdout.write(
            f"What was there before is {aside}. Delete it in time: who is erased is still in it.\n"
        )


def _move(options: Options, data: Path, to: Path) -> None:
    def told(table: str, rows: int) -> None:
        sys.stdout.write(f"{rows:>12,} {table}\n")

    with in_use(data, alone=True):
        rows = move(database_of(options, data), database_of(read_options(to), data), told)
    sys.stdout.write(
        f"{rows:>12,} rows were moved, read again, and are the same. Start the district with {to} "
        "from now on.\nThe old database was not changed. Never start it again beside the new one; "
        "delete it when all is well.\n"
    )
    if not options.database and (copies := data / BACKUPS).exists():
        sys.stdout.write(
            f"Its nightly copies are in {copies}: delete them with it. Who is erased from now on "
            "is still in them.\n"
        )


def _enrol(options: Options, data: Path, household: str | None) -> None:
    """Beside a running server as well: the database allows for two writers."""
    where = database_of(options, data)
    keys = load_or_make_keys(data, begun=is_begun(where))
    database = Database(where, lambda _: None)
    try:
        database.prepare()
        now = SystemClock().now()
        eraser_of(options, data, database).recall(now)
        issued = database.write_now(
            lambda connection, _: issue_code(
                connection, household or new_pseudonym(), by="command line", now=now
            )
        )
    finally:
        database.close()
    uri = enrolment_uri(options.public_url, issued.code, keys.current.kid)
    line = {
        "household": issued.household,
        "code": issued.code,
        "expires": rfc3339(issued.expires),
        "url": options.public_url,
        "key": keys.current.kid,
        "uri": uri,
    }
    sys.stdout.write(orjson.dumps(line).decode() + "\n")


def _new_registry_key(options: Options, data: Path) -> None:
    """Whoever still has the old key, or a copy of it, can read old backups: copies must go too."""
    key = registry_key_of(options, data)
    with in_use(data, alone=True):
        database = Database(database_of(options, data), lambda _: None)
        try:
            database.prepare()
            homes = database.write_now(lambda connection, _: seal_all_anew(connection, key))
            database.write_now(lambda connection, _: open_vault(key, connection))
        finally:
            database.close()
    sys.stdout.write(f"{homes} residents are sealed with a new {key}. Destroy the old copies.\n")


def _new_journal(options: Options, data: Path) -> None:
    with in_use(data, alone=True):
        database = Database(database_of(options, data), lambda _: None)
        try:
            database.prepare()
            lines = begin_anew(database, eraser_of(options, data, database).journal)
        finally:
            database.close()
    sys.stdout.write(f"A journal is begun. It knows of {lines} erasures.\n")
