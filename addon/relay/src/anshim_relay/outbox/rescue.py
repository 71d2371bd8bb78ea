"""Sets a damaged outbox aside and brings everything that can still be read into the new one.

Called at start, and again by housekeeping while the disk had no room for it. The file is called
`rescuing` until what it holds is committed, so that whatever interrupts a rescue only delays it.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
import re
import sqlite3

from anshim_relay import log
from anshim_relay.outbox import salvage
from anshim_relay.outbox.database import Connection, sync_folder
from anshim_relay.outbox.salvage import Salvaged
from anshim_relay.seal import Seal

# The file itself comes last: while its old name stands, nothing has been decided.
COMPANIONS = ("-wal", "-shm", "")
RESCUING = "rescuing"
RESCUED = "damaged"


def set_aside(path: Path, reason: str) -> None:
    """Under a new name beside the old one; nothing is ever deleted here."""
    aside = named(path, RESCUING, max(numbers(path), default=0) + 1)
    renamed(path, aside)
    log.critical("outbox_damaged", reason=reason, set_aside=aside.name, do="keep that file")


def go_on_setting_aside(path: Path) -> None:
    """Killed in between, its log has the new name and the file the old one: they belong together.

    Opened alone, the file might look sound, and what only its log knew would be forgotten.
    """
    for number in numbers(path):
        aside = named(path, RESCUING, number)
        if aside.with_name(aside.name + "-wal").exists() and not aside.exists():
            renamed(path, aside)


def waiting(path: Path) -> list[Path]:
    """The newest first: what it knows of answers goes before what an older one knew."""
    files = (named(path, RESCUING, number) for number in sorted(numbers(path), reverse=True))
    return [file for file in files if file.exists()]


def done(aside: Path) -> None:
    """Called after the commit. Killed before, the refill finds its own mark and does nothing."""
    renamed(aside, aside.with_name(aside.name.replace(f".{RESCUING}-", f".{RESCUED}-")))


def named(path: Path, state: str, number: int) -> Path:
    return path.with_name(f"{path.stem}.{state}-{number}{path.suffix}")


def numbers(path: Path) -> set[int]:
    ours = re.compile(rf"{re.escape(path.stem)}\.(?:{RESCUING}|{RESCUED})-([0-9]+)\.")
    found = (ours.match(file.name) for file in path.parent.iterdir())
    return {int(match[1]) for match in found if match is not None}


def renamed(path: Path, new: Path) -> None:
    for companion in COMPANIONS:
        with suppress(FileNotFoundError):
            path.with_name(path.name + companion).rename(new.with_name(new.name + companion))
    sync_folder(path.parent)


def refill(connection: Connection, aside: Path, seal: Seal | None) -> None:
    """Run inside one transaction, which also remembers that it was done.

    1. what SQLite still reads; 2. signed events in the bytes that are not among it.
    """
    mark = f"rescued:{aside.name}"
    if connection.fact(mark) is not None:
        return
    raw = salvage.bytes_of(aside) + salvage.bytes_of(aside.with_name(aside.name + "-wal"))
    with closing_quietly(salvage.opened(aside)) as old:
        rows = sum(brought(connection, row) for row in salvage.rows_of(old))
        bring_numbers(connection, old)
    found = sum(brought(connection, event) for event in salvage.signed_in(raw, seal))
    connection.set_fact(mark, rows + found)
    log.critical("outbox_rescued", rows=rows, from_bytes=found)


@contextmanager
def closing_quietly(old: Connection) -> Iterator[Connection]:
    try:
        yield old
    finally:
        # A file this broken may not even close in order.
        with suppress(sqlite3.Error):
            old.close()


def brought(connection: Connection, salvaged: Salvaged) -> bool:
    """One row that is nonsense must not keep the others, and the start, from going on."""
    run = connection.raw.execute
    run("SAVEPOINT salvaged")
    try:
        is_new = bring(connection, salvaged)
    except (sqlite3.IntegrityError, LookupError, TypeError, ValueError) as error:
        run("ROLLBACK TO salvaged")
        log.error("row_not_rescued", error=type(error).__name__, do="keep the file set aside")
        is_new = False
    run("RELEASE salvaged")
    return is_new


def bring(connection: Connection, salvaged: Salvaged) -> bool:
    values = salvaged.values
    if connection.one("content_digest_of", {"id": values["id"]}) is not None:
        return False
    owed = {"row": connection.run("keep", values).lastrowid, "rank": values["rank"]}
    for answer in salvaged.answers:
        connection.run("owe_answered", owed | answer)
    connection.run("owe", owed)
    event = salvaged.event
    if version := event.get("householdversion"):
        connection.run("raise_household", {"subject": event["subject"], "version": version})
    return True


def bring_numbers(connection: Connection, old: Connection) -> None:
    """What came down and was not fetched yet, and the numbers that must not go back."""
    for subject, version in salvage.table_of(old, "households"):
        connection.run("raise_household", {"subject": subject, "version": version})
    known = {counter for counter, _, _ in connection.run("all_down").fetchall()}
    came = [row for row in salvage.table_of(old, "all_down") if row[0] not in known]
    latest = max(connection.number("down_n"), salvage.number_of(old, "down_n"))
    for n, (counter, expires, event) in enumerate(came, start=latest + 1):
        values = {"n": n, "counter": counter, "expires": expires, "event": event}
        connection.run("add_down", values)
    connection.set_fact("down_n", latest + len(came))
    counter = max(connection.number("down_counter"), salvage.number_of(old, "down_counter"))
    connection.set_fact("down_counter", counter)
