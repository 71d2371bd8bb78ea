"""Other workers on the same PostgreSQL: told after each commit, heard by a thread of one's own.

What a kit or a console waits for at one worker may be written by another. NOTIFY is part of the
transaction, so what is told is durable; after a lost connection everybody looks again.
"""

from collections.abc import Callable, Iterable
import logging
import threading
import time
from typing import Final
import uuid

import msgspec
import psycopg
from sqlalchemy import Connection, text

from .engines import LIVES, plain_url
from .workers import be_here

_LOG: Final = logging.getLogger(__name__)
_CHANNEL: Final = "anshim"
_AGAIN_S: Final = 1.0
_SEEN_WITHIN_S: Final = 10.0
_LOOKS_UP_S: Final = 0.5
# a notification has less than 8,000 bytes; who waits among more kits than these looks again
_MOST_KITS: Final = 100
_SEND: Final = text("SELECT pg_notify(:channel, :said)")


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What is new for those who wait. `everything`: nobody knows what, look again."""

    by: str
    kits: list[str] = []
    board: bool = False
    everything: bool = False


class Neighbours:
    def __init__(self, where: str, number: int, heard: Callable[[News], None]) -> None:
        self._where = plain_url(where)
        self._number = number
        self._heard = heard
        self._me = uuid.uuid4().hex
        self._is_here = threading.Event()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._listen_on, name="neighbours", daemon=True)

    def start(self) -> None:
        """Returns when the others can see us: before anything of ours is going on."""
        self._thread.start()
        self._is_here.wait(_SEEN_WITHIN_S)

    def tell(self, connection: Connection, kits: Iterable[str], *, board: bool) -> None:
        some = sorted(kits)
        if not some and not board:
            return
        many = len(some) > _MOST_KITS
        news = News(by=self._me, kits=[] if many else some, board=board, everything=many)
        said = msgspec.json.encode(news).decode()
        connection.execute(_SEND, {"channel": _CHANNEL, "said": said})

    def close(self) -> None:
        self._ends.set()
        if self._thread.is_alive():
            self._thread.join()

    def _listen_on(self) -> None:
        while not self._ends.is_set():
            try:
                self._listen()
            except psycopg.Error:
                _LOG.exception("other workers cannot be heard; tried again")
                time.sleep(_AGAIN_S)

    def _listen(self) -> None:
        with psycopg.connect(self._where, autocommit=True, options=LIVES) as connection:
            be_here(connection, self._number)
            self._is_here.set()
            connection.execute(f"LISTEN {_CHANNEL}")
            # whatever was said while nobody listened
            self._heard(News(by="", everything=True))
            while not self._ends.is_set():
                for told in connection.notifies(timeout=_LOOKS_UP_S):
                    news = msgspec.json.decode(told.payload, type=News)
                    if news.by != self._me:
                        self._heard(news)
