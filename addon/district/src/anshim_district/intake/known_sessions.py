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
        self._by_token: dict[str, Session] = {}

    async def find(self, token: str, now: datetime) -> Session | None:
        known = self._by_token.get(token)
        if known is None:
            mark = digest(token.encode())
            known = await self._database.read(lambda c: find_session(c, mark, now))
            if known is not None:
                self._remember(token, known)
        return known if known and known.expires > now else None

    def forget(self, token: str) -> None:
        self._by_token.pop(token, None)

    def _remember(self, token: str, session: Session) -> None:
        if len(self._by_token) >= _MOST:
            self._by_token.clear()
        self._by_token[token] = session
