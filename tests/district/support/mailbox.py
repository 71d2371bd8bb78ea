"""A mail server as a control centre has it: encrypted, with a login, keeping what it is sent."""

from base64 import b64decode
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
import socket
import socketserver
import ssl
import threading
from typing import IO, Final, override

USER, PASSWORD = "district", "a password for mail"
_GO_ON: Final = b"250 OK"


@dataclass(kw_only=True)
class Mailbox:
    pem: Path
    starttls: bool = False
    letters: list[EmailMessage] = field(default_factory=list)

    def __post_init__(self) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.pem)
        box = self

        class Handler(socketserver.BaseRequestHandler):
            @override
            def handle(self) -> None:
                _serve(box, self.request, context)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    @property
    def server(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _serve(box: Mailbox, plain: socket.socket, context: ssl.SSLContext) -> None:
    try:
        if box.starttls:
            _greet(plain)
            wire = context.wrap_socket(plain, server_side=True)
        else:
            wire = context.wrap_socket(plain, server_side=True)
            wire.sendall(b"220 mail\r\n")
    except ssl.SSLError:
        return  # whoever called does not trust us
    with wire, wire.makefile("rb") as lines:
        _talk(box, wire, lines)


def _greet(plain: socket.socket) -> None:
    """Until it is encrypted nothing else is said."""
    plain.sendall(b"220 mail\r\n")
    while True:
        word = plain.recv(1024)
        if word.upper().startswith(b"STARTTLS"):
            plain.sendall(b"220 go\r\n")
            return
        plain.sendall(b"250-mail\r\n250 STARTTLS\r\n")


def _talk(box: Mailbox, wire: ssl.SSLSocket, lines: IO[bytes]) -> None:
    known = False
    for line in lines:
        word = line.strip().split(b" ")[0].upper()
        answer = _GO_ON
        if word == b"EHLO":
            answer = b"250-mail\r\n250-SMTPUTF8\r\n250 AUTH PLAIN"
        elif word == b"AUTH":
            told = b64decode(line.split()[-1]).split(b"\0")
            known = told == [b"", USER.encode(), PASSWORD.encode()]
            answer = b"235 known" if known else b"535 not known"
        elif word == b"MAIL" and not known:
            answer = b"530 login first"
        elif word == b"DATA":
            wire.sendall(b"354 go on\r\n")
            raw = b"".join(iter(lines.readline, b".\r\n"))
            box.letters.append(message_from_bytes(raw, policy=policy.default))
        elif word == b"QUIT":
            answer = b"221 bye"
        wire.sendall(answer + b"\r\n")
