"""The control centre's system by webhook: signed as Standard Webhooks has it, and nothing followed.

One of the systems that a clerk tells. Only the address of the options is ever asked.
"""

from dataclasses import dataclass
from datetime import datetime
import ssl
from typing import Final, override

import aiohttp
import orjson
from sqlalchemy import Connection

from ..clock import Clock, rfc3339
from ..console.views import log_look
from ..duty.errands import Kind
from .carrier import CarrierError
from .news import News, State, System
from .webhook import signature

_PATIENCE: Final = aiohttp.ClientTimeout(total=10)
_TAKEN: Final = range(200, 300)
# who it is in the log of looks
_SYSTEM: Final = "control-system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signable:
    """A message before its time of sending is known."""

    id: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HookSystem(System[Signable]):
    url: str
    # more than one while they are changed
    keys: tuple[bytes, ...]
    clock: Clock
    # the console's own address
    console: str
    # None: the world's authorities
    authority: ssl.SSLContext | None = None
    names: bool = False
    kind: Kind = Kind.HOOK
    at_once: int = 4

    @override
    def prepare(self, connection: Connection, news: News, now: datetime) -> Signable:
        """Who sees a name is written down before it leaves."""
        if self._named(news):
            log_look(connection, user=_SYSTEM, what="sent", subject=news.household, now=now)
        return Signable(id=news.reference, body=orjson.dumps(self._said(news)))

    @override
    async def tell(self, message: Signable) -> None:
        id_, body = message.id, message.body
        moment = str(int(self.clock.now().timestamp()))
        signed = (signature(key, id_=id_, timestamp=moment, body=body) for key in self.keys)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": id_,
            "webhook-timestamp": moment,
            "webhook-signature": " ".join(signed),
        }
        try:
            async with (
                aiohttp.ClientSession(timeout=_PATIENCE) as session,
                session.post(
                    self.url,
                    data=body,
                    headers=headers,
                    allow_redirects=False,
                    ssl=self.authority or True,
                ) as answer,
            ):
                status = answer.status
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise CarrierError(type(error).__name__, again=True) from error
        if status not in _TAKEN:
            raise CarrierError(str(status), again=True)

    def _said(self, news: News) -> dict[str, object]:
        """Nobody is named unless the options say so."""
        case = news.case
        data: dict[str, object] = {
            "case": case.id,
            "household": news.household,
            "family": case.family.value,
            "stage": case.stage.value,
            "urgent": news.urgent,
            "since": rfc3339(news.since),
            "dong": news.dong,
            "url": f"{self.console}/cases/{case.id}",
        }
        if case.from_lost_kit:
            data["from"] = "lost_kit"
        if case.outcome is not None and news.state in {State.CLOSED, State.WAITING}:
            data["outcome"] = case.outcome.value
        if self._named(news) and news.resident is not None:
            phone = news.resident.phone
            data["resident"] = {
                "name": news.resident.name,
                "address": news.resident.address,
                "phone": phone.number if phone else None,
            }
        return {"type": f"case.{news.state}", "timestamp": rfc3339(news.at), "data": data}

    def _named(self, news: News) -> bool:
        """Whoever has it already, or has seen to it, needs no name any more."""
        return self.names and news.resident is not None and news.state is State.OPEN

    @override
    async def close(self) -> None:
        """Nothing stays open between two messages."""
