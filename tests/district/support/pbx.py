"""A PBX as a real program: kamailio with accounts, a password, TLS, and a log of what is asked."""

import asyncio
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Callable
import contextlib
from dataclasses import dataclass
import os
from pathlib import Path
import signal
from typing import Final

from anshim_district.certificates import self_signed

from .sip_peers import free_port

PASSWORD: Final = "a-password"
_WITHIN_S: Final = 20.0
_CONFIG: Final = """#!KAMAILIO
debug=0
log_stderror=yes
children=1
tcp_children=1
enable_tls=yes
listen=udp:127.0.0.1:@port@
listen=tcp:127.0.0.1:@port@
listen=tls:127.0.0.1:@tls@
loadmodule "tls.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "textops.so"
loadmodule "xlog.so"
loadmodule "nathelper.so"
modparam("tls", "private_key", "@pem@")
modparam("tls", "certificate", "@pem@")
modparam("tls", "tls_method", "TLSv1.2+")
modparam("usrloc", "db_mode", 0)
modparam("registrar", "min_expires", 1)
modparam("tm", "fr_timer", 3000)
modparam("registrar|nathelper", "received_avp", "$avp(RECEIVED)")
request_route {
  if (is_method("INVITE") && search_body("RTP/SAVP")) xlog("L_ALERT", "ASKED $rm $proto $fU encrypted\\n");
  else xlog("L_ALERT", "ASKED $rm $proto $fU plain\\n");
  if (has_totag()) { loose_route(); handle_ruri_alias(); t_relay(); exit; }
  if (is_method("CANCEL|ACK")) { if (t_check_trans()) t_relay(); exit; }
  if (is_method("REGISTER")) {
    if (!pv_www_authenticate("127.0.0.1", "@password@", "0")) { www_challenge("127.0.0.1", "0"); exit; }
    xlog("L_ALERT", "KNOWS $fU $proto\\n");
    fix_nated_register();
    save("location");
    exit;
  }
  if (is_method("INVITE")) {
    if (!pv_proxy_authenticate("127.0.0.1", "@password@", "0")) { proxy_challenge("127.0.0.1", "0"); exit; }
    record_route();
    add_contact_alias();
    if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
    t_relay();
    exit;
  }
  sl_send_reply("405", "Method Not Allowed");
}
onreply_route { add_contact_alias(); }
"""  # noqa: E501 - kamailio's lines


@dataclass(kw_only=True)
class Pbx:
    folder: Path
    pem: Path
    port: int
    tls: int
    process: asyncio.subprocess.Process

    @property
    def server(self) -> str:
        return f"127.0.0.1:{self.tls}"

    @property
    def log(self) -> list[str]:
        """What it was asked, and whom it knows."""
        text = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
        wanted = ("ASKED ", "KNOWS ")
        return [line[line.index(w) :] for line in text.splitlines() for w in wanted if w in line]

    def account(self, number: str, *, more: str = ";mediaenc=srtp-mand") -> str:
        """Of a telephone that is at home here."""
        where = f"<sip:{number}@127.0.0.1:{self.tls};transport=tls>;regint=60"
        return f"{where};auth_user={number};auth_pass={PASSWORD}{more}"

    async def until(self, look: Callable[[], object], what: str) -> None:
        async with asyncio.timeout(_WITHIN_S):
            while not look():
                assert self.process.returncode is None, what
                await asyncio.sleep(0.02)

    async def knows(self, number: str) -> None:
        await self.until(lambda: f"KNOWS {number} tls" in self.log, f"{number} to be known")

    async def stop(self) -> None:
        if self.process.returncode is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()


@contextlib.asynccontextmanager
async def pbx(
    folder: Path, *, password: str = PASSWORD, like: Pbx | None = None
) -> AsyncIterator[Pbx]:
    """`like`: at the same place, with the same certificate, as one that has gone."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - nothing else runs yet
    pem = like.pem if like else self_signed(folder)
    port, tls = (like.port, like.tls) if like else (free_port(), free_port())
    words = {"port": port, "tls": tls, "pem": pem, "password": password}
    config = _CONFIG
    for name, value in words.items():
        config = config.replace(f"@{name}@", str(value))
    path = folder / "pbx.cfg"
    path.write_text(config, encoding="utf-8")
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *("kamailio", "-f", str(path), "-DD", "-E", "-m", "32", "-M", "4"),
            *("-Y", str(folder), "-P", str(folder / "pid")),
            stdin=DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    made = Pbx(folder=folder, pem=pem, port=port, tls=tls, process=process)
    try:
        await _listening(made)
        yield made
    finally:
        await made.stop()


async def _listening(made: Pbx) -> None:
    async with asyncio.timeout(_WITHIN_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", made.tls)
            except ConnectionRefusedError:
                text = (made.folder / "log").read_text(encoding="utf-8", errors="replace")
                assert made.process.returncode is None, text
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
