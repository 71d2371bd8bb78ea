"""GET /metrics: figures for Prometheus, in its text format. No pseudonym is ever a label.

For whoever has the token, or comes from a network that the options name; for nobody else.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
import hmac
from ipaddress import ip_address, ip_network
import logging
from pathlib import Path
import time
from types import MappingProxyType
from typing import Any, Final

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from .. import CONTRACT, __version__
from ..api import SERVICE
from ..clock import is_set
from ..duty.roster import Way
from ..options import Options
from ..service import Service
from .counted import Histogram
from .stored import Sample, stored

_LOG: Final = logging.getLogger(__name__)
_CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
PREFIX: Final = "anshim_district_"
# Prometheus gives up after ten seconds: what is known without the database is told before
_PATIENCE_S: Final = 8.0
# whoever comes through a proxy comes from nowhere that we know
_PASSED_ON: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via", "X-Ingress-Path")

# Name, type, what it says. Samples are given in this order, as the format wants them.
FAMILIES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "info": ("gauge", "What runs here."),
        "heartbeats_total": ("counter", "Heartbeats, by what became of them (this worker)."),
        "events_total": ("counter", "Signed events, by what became of them (this worker)."),
        "intake_seconds": ("histogram", "From a whole request to its answer (this worker)."),
        "commit_seconds": ("histogram", "From the first write to the disk (this worker)."),
        "reach_total": ("counter", "Texts, calls, mails, by what came of them (this worker)."),
        "overseer_age_seconds": ("gauge", "Since this worker last looked at all deadlines."),
        "clock_set": ("gauge", "Whether this machine knows the time."),
        "clock_drift_seconds": ("gauge", "How far the clock was moved since the start."),
        "telephone_registered": ("gauge", "Whether the PBX knows this worker's line, if it is to."),
        "receiver_answers": ("gauge", "Whether the control centre's receiver answers."),
        "backup_wanted": ("gauge", "Whether this program takes a backup every night."),
        "backup_age_seconds": ("gauge", "How old the newest of them is."),
        "database_readable": ("gauge", "Whether the database told what follows."),
        "homes": ("gauge", "Homes that are listened for, by what can be seen of them."),
        "cases_open": ("gauge", "Open cases by stage; free: nobody has it."),
        "case_unowned_seconds": ("gauge", "How long the oldest that nobody has has waited."),
        "errands_waiting": ("gauge", "Cases whose text or call is overdue; ask: a resident's."),
        "errand_waiting_seconds": ("gauge", "How long the oldest of them has been overdue."),
        "errands_failing": ("gauge", "Cases of which nobody could be told."),
        "centre_untaken": ("gauge", "Messages a system of the control centre has not taken."),
        "outages_open": ("gauge", "Places where many homes fell silent together."),
        "quarantine_unseen": ("gauge", "Messages set aside that nobody has looked at."),
        "journal_missing": ("gauge", "Whether the journal of erasures was missing at a start."),
        "workers": ("gauge", "Workers that have written within three minutes."),
    }
)


async def metrics(request: web.Request) -> web.Response:
    service = request.app[SERVICE]
    _admit(request, service.options)
    told = [*_own(service), *_backups(service), *await _shared(service)]
    body = "".join(_lines(told)).encode()
    return web.Response(body=body, headers={"Content-Type": _CONTENT_TYPE})


def _admit(request: web.Request, options: Options) -> None:
    """Where nothing is set there is nothing: figures of a district are nobody's by default."""
    given = options.metrics
    if _is_near(request, given.networks):
        return
    if not given.token_file:
        raise web.HTTPNotFound
    try:
        expected = Path(given.token_file).read_text(encoding="utf-8").strip()
    except OSError as error:
        _LOG.exception("the token for figures cannot be read")
        raise web.HTTPServiceUnavailable from error
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    told = token.strip().encode(errors="replace")
    if scheme.lower() != "bearer" or not hmac.compare_digest(told, expected.encode()):
        raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})


def _is_near(request: web.Request, networks: Iterable[str]) -> bool:
    peer = request.transport.get_extra_info("peername") if request.transport else None
    if not peer or any(name in request.headers for name in _PASSED_ON):
        return False
    address = ip_address(peer[0])
    # a dual-stack socket shows an IPv4 address in IPv6's clothes
    plain = getattr(address, "ipv4_mapped", None) or address
    return any(plain in ip_network(network) for network in networks)


def _own(service: Service) -> Iterator[Sample]:
    figures, now = service.figures, service.clock.now()
    yield "info", {"version": __version__, "contract": CONTRACT}, 1
    for (kind, result, reason), many in sorted(figures.heard.items()):
        yield f"{kind}_total", {"result": result, "reason": reason}, many
    for kind, histogram in figures.intake.items():
        yield from _histogram("intake_seconds", {"kind": kind}, histogram)
    yield from _histogram("commit_seconds", {}, figures.commits)
    for (way, result), many in sorted(figures.reached.items()):
        labels = {"way": way, "carrier": _carrier(service.options, way), "result": result}
        yield "reach_total", labels, many
    stepped = service.overseer.stepped or figures.began
    yield "overseer_age_seconds", {}, (now - stepped).total_seconds()
    yield "clock_set", {}, is_set(now)
    yield "clock_drift_seconds", {}, figures.drift(now, time.monotonic()).total_seconds()
    if service.outside.line is not None:
        yield "telephone_registered", {}, service.outside.line.registration.is_up
    if service.outside.receiver is not None:
        yield "receiver_answers", {}, service.outside.receiver.down_since is None


def _carrier(options: Options, way: str) -> str:
    if way == Way.MAIL.value:
        return "mail"
    return "sip" if way == Way.CALL.value and options.sip.server else "provider"


def _backups(service: Service) -> Iterator[Sample]:
    yield "backup_wanted", {}, service.nightly.is_wanted
    newest = service.nightly.newest()
    if newest is not None:
        yield "backup_age_seconds", {}, (service.clock.now() - newest).total_seconds()


async def _shared(service: Service) -> list[Sample]:
    """A database that does not answer is a figure too, and takes no other with it."""
    now = service.clock.now()
    try:
        async with asyncio.timeout(_PATIENCE_S):
            told = await service.database.read(lambda connection: stored(connection, now))
    except TimeoutError, SQLAlchemyError:
        _LOG.exception("the database does not tell its figures")
        return [("database_readable", {}, 0)]
    return [("database_readable", {}, 1), *told]


def _histogram(name: str, labels: dict[str, Any], histogram: Histogram) -> Iterator[Sample]:
    for bound, count in histogram.within:
        yield f"{name}_bucket", {**labels, "le": bound}, count
    yield f"{name}_bucket", {**labels, "le": "+Inf"}, histogram.count
    yield f"{name}_sum", labels, histogram.total_s
    yield f"{name}_count", labels, histogram.count


def _lines(samples: list[Sample]) -> Iterator[str]:
    for family, (kind, says) in FAMILIES.items():
        yield f"# HELP {PREFIX}{family} {says}\n# TYPE {PREFIX}{family} {kind}\n"
        parts = {family} | {f"{family}_{part}" for part in ("bucket", "sum", "count")}
        for name, labels, value in samples:
            if name in parts:
                yield f"{PREFIX}{name}{_written(labels)} {float(value):.15g}\n"


def _written(labels: dict[str, Any]) -> str:
    """Every value is a word of ours: nothing needs escaping."""
    pairs = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""
