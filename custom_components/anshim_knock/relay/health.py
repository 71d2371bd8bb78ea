"""Remembers how the relay behaves, so that a person is told in time and not at every hiccup."""

import asyncio
from datetime import timedelta
import random

from .client import RelayStatus
from .errors import RelayError, RelayForeignError, RelayFullError, RelayUnauthorisedError
from .home import Home, LinkState

LOST_AFTER = timedelta(minutes=5)
_LONGEST_PAUSE_S = 60.0
_LONGEST_EMERGENCY_PAUSE_S = 5.0


class Health:
    """Shared by the three loops of a link."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._state = LinkState()
        self._away_since: float | None = None
        self._behind_since: float | None = None
        # Unknown at first: what was raised before a restart may be over.
        self._lost: bool | None = None

    @property
    def back(self) -> bool:
        """The relay answered last."""
        return self._state.reached

    async def answered(self) -> None:
        """Any answer that makes sense."""
        self._away_since = None
        await self._tell(
            LinkState(reached=True, connected=self._state.connected, waiting=self._state.waiting)
        )
        await self._judge()

    async def behind(self, *, behind: bool) -> None:
        """Whether something waits that was tried: a relay that only nods takes no alert."""
        if not behind:
            self._behind_since = None
        elif self._behind_since is None:
            self._behind_since = _now()
        await self._judge()

    async def said(self, status: RelayStatus) -> None:
        await self.answered()
        await self._tell(
            LinkState(reached=True, connected=status.connected, waiting=status.waiting)
        )
        self._home.kit_unknown(unknown=status.refused)
        self._home.kit_revoked(revoked=status.revoked)

    async def failed(self, error: RelayError) -> None:
        """Nothing useful came back."""
        if isinstance(error, RelayUnauthorisedError):
            self._home.ask_for_token()
        if isinstance(error, RelayForeignError):
            self._home.relay_refuses("foreign-subject")
        if isinstance(error, RelayFullError):
            # It is there, and its disk is another trouble.
            await self.answered()
            return
        if self._away_since is None:
            self._away_since = _now()
        await self._tell(LinkState(waiting=self._state.waiting))
        await self._judge()

    async def _judge(self) -> None:
        """Lost when nothing came back for long, or nothing was taken; back when neither is so."""
        since = [t for t in (self._away_since, self._behind_since) if t is not None]
        lost = bool(since) and _now() - min(since) >= LOST_AFTER.total_seconds()
        if (lost and not self._lost) or (not since and self._lost is not False):
            self._lost = lost
            await self._home.relay_lost(lost=lost)

    async def _tell(self, state: LinkState) -> None:
        if state != self._state:
            self._state = state
            await self._home.link_is(state)


def _now() -> float:
    return asyncio.get_running_loop().time()


def pause_s(failures: int, *, urgent: bool = False, at_least: float | None = None) -> float:
    """Growing, jittered, at most a minute; at most five seconds while an emergency waits."""
    longest = _LONGEST_EMERGENCY_PAUSE_S if urgent else _LONGEST_PAUSE_S
    pause = min(longest, 2.0 ** min(failures, 10))
    # Jitter, no secret: a hundred homes must not come back in the same second.
    jittered = pause * random.uniform(0.5, 1.0)  # noqa: S311 -- see above
    if at_least is None or urgent:
        return jittered
    return min(max(jittered, at_least), _LONGEST_PAUSE_S)
