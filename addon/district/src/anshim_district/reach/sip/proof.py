"""Whether this machine's baresip looks at certificates at all: an old one takes any.

Asked once, at the start, where the line is to be encrypted: a line that only looks so is worse.
"""

from dataclasses import replace
from pathlib import Path
import socket
import ssl
import subprocess
import tempfile
from typing import Final

from ...certificates import self_signed
from .line import Agent, own_address

_PATIENCE_S: Final = 10.0
_HOST: Final = "127.0.0.1"


class UnprovenError(Exception):
    """It takes any certificate, or did not come to where it could have shown that it does not."""


def prove_that_it_minds(agent: Agent) -> None:
    """It is offered a certificate that nobody but ourselves has signed."""
    with tempfile.TemporaryDirectory(prefix="anshim-proof-") as name:
        folder = Path(name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self_signed(folder))
        with socket.create_server((_HOST, 0)) as server:
            server.settimeout(_PATIENCE_S)
            here = replace(agent, interface=_HOST)
            config = here.config(folder, "aubridge,nowhere", own_address())
            (folder / "config").write_text(f"{config}module_app account.so\n", encoding="utf-8")
            account = f"<sip:proof@{_HOST}:{server.getsockname()[1]};transport=tls>;regint=60\n"
            (folder / "accounts").write_text(account, encoding="utf-8")
            if _is_greeted(agent.program, folder, server, context):
                raise UnprovenError("it takes any certificate")


def _is_greeted(program: str, folder: Path, server: socket.socket, context: ssl.SSLContext) -> bool:
    try:
        process = subprocess.Popen(  # noqa: S603 - the options' own program
            [program, "-t", str(int(_PATIENCE_S)), "-f", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise UnprovenError(f"it cannot be started: {error.strerror}") from error
    try:
        try:
            plain, _ = server.accept()
        except TimeoutError as error:
            raise UnprovenError("it does not begin to speak") from error
        return _says_anything(plain, context)
    finally:
        process.kill()
        process.wait()


def _says_anything(plain: socket.socket, context: ssl.SSLContext) -> bool:
    """Whoever minds hangs up instead."""
    plain.settimeout(_PATIENCE_S)
    with plain:
        try:
            with context.wrap_socket(plain, server_side=True) as wire:
                return bool(wire.recv(1))
        except OSError:
            return False
