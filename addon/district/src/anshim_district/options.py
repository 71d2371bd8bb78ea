"""The options file → frozen `Options`, or `OptionsError` with one clear sentence.

Read once, by the command line.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from .pointer import explain
from .reach.webhook import BadSecretError, secret_bytes, secrets_in

type Port = Annotated[int, Meta(ge=0, le=65535)]
type DistrictId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}\Z")]
type Minutes = Annotated[float, Meta(gt=0, le=240)]
type Hours = Annotated[float, Meta(gt=0, le=168)]


class OptionsError(Exception):
    """The options cannot be used; says which one and why."""


class Listen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    host: str = "127.0.0.1"
    port: Port = 8480


class District(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: DistrictId
    name: Annotated[str, Meta(min_length=1, max_length=100)]


class Admin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first administrator. Without a password one is made and written to a file once."""

    user: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")] = "admin"
    password: Annotated[str, Meta(max_length=200)] = ""


class CaseTimes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the district's own clock goes on. The upper bounds are the contract's."""

    hold_minutes: Annotated[float, Meta(gt=0, le=30)] = 30
    rearm_hours: Annotated[float, Meta(gt=0, le=4)] = 4
    emergency_rearm_minutes: Annotated[float, Meta(gt=0, le=30)] = 30
    visit_again_minutes: Minutes = 30
    emergency_again_minutes: Minutes = 5
    # for a home that fell silent, and for an alert that says nothing of its rungs
    knock_minutes: Minutes = 60
    visit_minutes: Minutes = 120
    silent_rearm_hours: Hours = 24
    # how long a silence waits for those beside it: many at once are one outage
    settle_seconds: Annotated[float, Meta(ge=0, le=120)] = 60


class Reach(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The provider of texts and calls. Without `url` nobody is told by telephone."""

    url: Annotated[str, Meta(pattern=r"^(https?://[^\s]+[^\s/])?\Z")] = ""
    token: str = ""
    # the registered number that people see
    sender: Annotated[str, Meta(pattern=r"^[0-9-]{0,16}\Z")] = ""
    # whsec_…, for what the provider says back
    secret: str = ""
    tries: Annotated[int, Meta(ge=1, le=5)] = 2
    pause_minutes: Annotated[float, Meta(gt=0, le=60)] = 10
    # of automatic calls to residents; telling responders has no cap
    calls_at_once: Annotated[int, Meta(ge=1, le=500)] = 20
    calls_a_day: Annotated[int, Meta(ge=0, le=100_000)] = 500
    # asked for once a minute while everything here goes on: whoever watches it alarms when it stops
    dead_man_url: Annotated[str, Meta(pattern=r"^(https?://[^\s]+)?\Z")] = ""


class Sender(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who tells of signs of life, with a key of their own."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}\Z")]
    # whsec_…
    secret: str
    means: Literal["telephone_record", "spoken"] = "telephone_record"


class Mail(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The control centre's mailbox, told beside its telephone; never without encryption."""

    server: Annotated[str, Meta(pattern=r"^([A-Za-z0-9.-]+(:\d{1,5})?)?\Z")] = ""
    security: Literal["tls", "starttls"] = "tls"
    # mail servers know no other letters
    user: Annotated[str, Meta(pattern=r"^[ -~]*\Z")] = ""
    password: Annotated[str, Meta(pattern=r"^[ -~]*\Z")] = ""
    sender: Annotated[str, Meta(pattern=r"^([^\s@<>]+@[^\s@<>]+)?\Z")] = ""
    to: Annotated[str, Meta(pattern=r"^([^\s@<>,]+@[^\s@<>,]+)?\Z")] = ""


class Centre(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The control centre's own system, told by signed messages beside its telephone."""

    # encrypted, or on this machine
    url: Annotated[
        str,
        Meta(
            pattern=r"^(https://[^\s@]+|http://(127\.0\.0\.1|localhost)(:\d{1,5})?(/[^\s@]*)?)?\Z"
        ),
    ] = ""
    # a file with whsec_…, one on each line
    secret_file: str = ""
    # its authority, if it is not one of the world's
    ca: str = ""
    # whether it gets names, addresses and numbers too
    names: bool = False


class Sip(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A PBX or trunk. With `server` calls go out by it, and texts by the provider, if there is one.

    Characters that mean something in an account's line are not allowed in its parts.
    """

    server: Annotated[str, Meta(pattern=r"^([A-Za-z0-9.-]+(:\d{1,5})?)?\Z")] = ""
    transport: Literal["udp", "tcp", "tls"] = "udp"
    # for tls: the PBX's own authority, or its certificate
    ca: Annotated[str, Meta(pattern=r"^[^\s]*\Z")] = ""
    # no call but an encrypted one
    srtp: bool = False
    # a PBX that wants to know where we are
    register: bool = False
    register_seconds: Annotated[int, Meta(ge=30, le=3600)] = 120
    # how long it may not know before the administrators are told
    down_minutes: Annotated[float, Meta(gt=0, le=1440)] = 10
    user: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._+-]{0,64}\Z")] = ""
    login: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._@+-]{0,64}\Z")] = ""
    password: Annotated[str, Meta(pattern=r"^[!#-+\--:=?-\[\]-~]{0,128}\Z")] = ""
    # for an outside line; never a 1, with which every emergency number begins
    prefix: Annotated[str, Meta(pattern=r"^[02-9*#]{0,2}\Z")] = ""
    international: bool = False
    lines: Annotated[int, Meta(ge=2, le=500)] = 24
    ring_seconds: Annotated[int, Meta(ge=15, le=90)] = 40
    # the district's own recording of the question to a resident; empty: espeak-ng's voice
    recording: str = ""
    # a name or an address: of several networks the one that leads to the PBX
    interface: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._:-]{0,45}\Z")] = ""
    program: Annotated[str, Meta(min_length=1)] = "baresip"
    modules: Annotated[str, Meta(min_length=1)] = "/usr/lib/baresip/modules"


class Mqtt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The broker at which kits may also leave their events. Without `url` there is none."""

    url: Annotated[str, Meta(pattern=r"^(mqtts?://[^\s/@]+)?\Z")] = ""
    user: str = ""
    password: str = ""
    # the broker's authority, if it is not one of the world's
    ca: str = ""


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    district: District
    listen: Listen = msgspec.field(default_factory=Listen)
    public_url: Annotated[str, Meta(pattern=r"^https?://[^\s]+\Z")] = "http://127.0.0.1:8480"
    language: Literal["ko", "en"] = "ko"
    heartbeat_seconds: Annotated[int, Meta(ge=15, le=86400)] = 300
    session_hours: Hours = 24
    # postgresql://user:password@host/name for several workers; empty: SQLite in the data folder
    database: Annotated[str, Meta(pattern=r"^(postgresql://[^\s]+)?\Z")] = ""
    admin: Admin = msgspec.field(default_factory=Admin)
    times: CaseTimes = msgspec.field(default_factory=CaseTimes)
    reach: Reach = msgspec.field(default_factory=Reach)
    sip: Sip = msgspec.field(default_factory=Sip)
    mail: Mail = msgspec.field(default_factory=Mail)
    centre: Centre = msgspec.field(default_factory=Centre)
    evidence: tuple[Sender, ...] = ()
    mqtt: Mqtt = msgspec.field(default_factory=Mqtt)
    # of the SQLite file, one a night, in the data folder; 0: none
    keep_backups: Annotated[int, Meta(ge=0, le=366)] = 7
    time_zone: str = "Asia/Seoul"
    # whether everybody at the console must have one
    second_factor: Literal["required", "optional"] = "required"
    # where the key to names and addresses is; empty: beside the database, left out of backups
    registry_key: str = ""
    tls_certificate: str = ""
    tls_key: str = ""

    @property
    def session(self) -> timedelta:
        return timedelta(hours=self.session_hours)


def read_options(path: Path) -> Options:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise OptionsError(f"The options file {path} cannot be read: {error.strerror}.") from error
    try:
        options = msgspec.json.decode(raw, type=Options)
    except msgspec.DecodeError as error:
        flaw = explain(error)
        where = f"the option {flaw.field}" if flaw.field else "the file"
        raise OptionsError(f"The options in {path} are wrong: {where}: {flaw.detail}.") from error
    except UnicodeDecodeError as error:
        raise OptionsError(f"The options in {path} are wrong: the file is not UTF-8.") from error
    try:
        ZoneInfo(options.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise OptionsError(
            f"The option time_zone is wrong: {options.time_zone!r} is no time zone."
        ) from error
    _check_reach(options.reach)
    _check_sip(options)
    _check_mail(options)
    _check_centre(options)
    _check_evidence(options.evidence)
    _check_mqtt(options.mqtt)
    if bool(options.tls_certificate) != bool(options.tls_key):
        raise OptionsError(
            "The options tls_certificate and tls_key belong together: give both or neither."
        )
    return options


def _check_reach(reach: Reach) -> None:
    if not reach.url:
        return
    for name in ("token", "sender", "secret"):
        if not getattr(reach, name):
            raise OptionsError(f"The option reach.{name} is needed where reach.url is given.")
    _check_secret("reach.secret", reach.secret)


def _check_secret(name: str, secret: str) -> None:
    try:
        secret_bytes(secret)
    except BadSecretError as error:
        raise OptionsError(
            f"The option {name} is wrong: whsec_ and at least 24 bytes in base64."
        ) from error


def _check_mail(options: Options) -> None:
    mail = options.mail
    if not mail.server:
        return
    if not mail.sender or not mail.to:
        raise OptionsError("The options mail.sender and mail.to are needed with mail.server.")
    _needs_telephone(options, "mail.server", "a mail wakes nobody")


def centre_keys(centre: Centre) -> tuple[bytes, ...]:
    if not centre.url:
        return ()
    try:
        return secrets_in(Path(centre.secret_file).read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError) as error:
        raise OptionsError(
            f"The option centre.secret_file is wrong: {centre.secret_file!r} cannot be read."
        ) from error
    except BadSecretError as error:
        raise OptionsError(
            "The file of the option centre.secret_file is wrong: "
            "whsec_ and at least 24 bytes in base64, one on each line."
        ) from error


def _check_centre(options: Options) -> None:
    centre_keys(options.centre)
    if options.centre.url:
        _needs_telephone(options, "centre.url", "a machine's answer wakes nobody")
    _check_file("centre.ca", options.centre.ca)


def _needs_telephone(options: Options, name: str, because: str) -> None:
    if not options.reach.url and not options.sip.server:
        raise OptionsError(
            f"The option {name} is given without a telephone: {because}. "
            "Give reach.url or sip.server as well."
        )


def _check_file(name: str, path: str) -> None:
    if path and not Path(path).is_file():
        raise OptionsError(f"The option {name} is wrong: there is no file {path}.")


def _check_evidence(senders: tuple[Sender, ...]) -> None:
    for sender in senders:
        _check_secret(f"evidence ({sender.id})", sender.secret)
    for name, values in (
        ("id", {sender.id for sender in senders}),
        ("secret", {secret_bytes(sender.secret) for sender in senders}),
    ):
        if len(values) < len(senders):
            raise OptionsError(
                f"The option evidence is wrong: each sender has an {name} of its own."
            )


def _check_sip(options: Options) -> None:
    sip = options.sip
    if not sip.server:
        return
    if not sip.user:
        raise OptionsError("The option sip.user is needed where sip.server is given.")
    if (sip.transport == "tls") is not bool(sip.ca):
        raise OptionsError(
            "The options sip.transport tls and sip.ca belong together: "
            "who the PBX is says the authority that is its own."
        )
    if sip.srtp and sip.transport != "tls":
        raise OptionsError(
            "The option sip.srtp needs sip.transport tls: its keys travel with the signalling."
        )
    _check_file("sip.ca", sip.ca)
    if options.reach.calls_at_once >= sip.lines:
        raise OptionsError(
            "The option reach.calls_at_once must be less than sip.lines: "
            "a line is kept for telling whoever responds."
        )


def _check_mqtt(mqtt: Mqtt) -> None:
    try:
        # the attribute itself refuses what is no port
        urlsplit(mqtt.url).port  # noqa: B018
    except ValueError as error:
        raise OptionsError(f"The option mqtt.url is wrong: {error}.") from error
    _check_file("mqtt.ca", mqtt.ca)
