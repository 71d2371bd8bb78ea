"""The control centre's own mailbox, told beside its telephone. Encrypted, or not at all.

Called by the dispatcher.
"""

import asyncio
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
import smtplib
import ssl
from typing import Final, Literal, Protocol, override

from .carrier import CarrierError

_PATIENCE_S: Final = 15
# who it is on the timeline
CENTRE: Final = "control"


class Mailer(Protocol):
    """The same `reference` twice is one message, for whoever sorts by its id."""

    async def mail(self, words: str, *, reference: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpMailer(Mailer):
    host: str
    port: int
    security: Literal["tls", "starttls"]
    user: str
    password: str
    sender: str
    to: str

    @override
    async def mail(self, words: str, *, reference: str) -> None:
        message = EmailMessage()
        message["From"], message["To"] = self.sender, self.to
        message["Subject"] = words.splitlines()[0][:150]
        message["Date"] = formatdate()
        message["Message-ID"] = f"<{reference}@{self.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(words)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await asyncio.to_thread(self._send, message)
        except (OSError, smtplib.SMTPException) as error:
            raise CarrierError(type(error).__name__, again=False) from error

    def _send(self, message: EmailMessage) -> None:
        context = ssl.create_default_context()
        with self._connected(context) as server:
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message)

    def _connected(self, context: ssl.SSLContext) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=_PATIENCE_S, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=_PATIENCE_S)
        server.starttls(context=context)
        return server
