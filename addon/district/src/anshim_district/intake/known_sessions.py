"""Which session belongs to which kit. Read through from the database, so that workers agree."""

from datetime import datetime
from typing import Final

from ..door import digest
from ..storage.database import Database
from .sessions import Session, find_session

_MOST: Final = 20_000


class KnownSessions:
    """A session never changes its kit, so what was read once stays true until it expires."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_mark: dict[str, Session] = {}

    async def find(self, token: str, now: datetime) -> Session | None:
        mark = digest(token.encode())
        known = self._by_mark.get(mark)
        if known is None:
            known = await self._database.read(lambda c: find_session(c, mark, now))
            if known is not None:
                self._remember(mark, known)
        return known if known and known.expires > now else None

    def forget(self, token: str) -> None:
        self._by_mark.pop(digest(token.encode()), None)

    def _remember(self, mark: str, session: Session) -> None:
        if len(self._by_mark) >= _MOST:
            self._by_mark.clear()
        self._by_mark[mark] = session
