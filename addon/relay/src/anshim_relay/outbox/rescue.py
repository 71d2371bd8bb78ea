"""Sets a damaged outbox aside and brings everything that can still be read into the new one.

Called at start.
"""

from contextlib import suppress
from pathlib import Path
import sqlite3

from anshim_relay import log
from anshim_relay.outbox import salvage
from anshim_relay.outbox.database import Connection, connect
from anshim_relay.outbox.salvage import Salvaged
from anshim_relay.seal import Seal

COMPANIONS = ("", "-wal", "-shm")


def set_aside(path: Path, reason: str) -> Path:
    """Under a new name beside the old one; nothing is ever deleted here."""
    number = 1
    while (aside := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
        number += 1
    for companion in COMPANIONS:
        with suppress(FileNotFoundError):
            path.with_name(path.name + companion).rename(aside.with_name(aside.name + companion))
    log.critical("outbox_damaged", reason=reason, set_aside=aside.name, do="keep that file")
    return aside


def refill(connection: Connection, aside: Path, seal: Seal | None) -> None:
    """1. what SQLite still reads; 2. signed events in the bytes that are not among it."""
    raw = salvage.bytes_of(aside) + salvage.bytes_of(aside.with_name(aside.name + "-wal"))
    old = connect(aside)
    try:
        rows = sum(bring(connection, row) for row in salvage.rows_of(old))
        bring_numbers(connection, old)
    finally:
        # A file this broken may not even close in order.
        with suppress(sqlite3.Error):
            old.close()
    found = sum(bring(connection, event) for event in salvage.signed_in(raw, seal))
    log.critical("outbox_rescued", rows=rows, from_bytes=found)


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
    latest = salvage.number_of(old, "down_n")
    connection.set_fact("down_counter", salvage.number_of(old, "down_counter"))
    waiting = salvage.table_of(old, "all_down")
    for n, (counter, expires, event) in enumerate(waiting, start=latest + 1):
        values = {"n": n, "counter": counter, "expires": expires, "event": event}
        connection.run("add_down", values)
    connection.set_fact("down_n", latest + len(waiting))
