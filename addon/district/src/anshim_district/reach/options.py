"""The options of everything that goes out: texts, calls, e-mail, the control centre's systems.

Read by the options' door.
"""

from pathlib import Path
from typing import Annotated, Final, Literal, Protocol

import msgspec
from msgspec import Meta

from ..option_values import OptionsError, check_authority, check_secret
from .webhook import BadSecretError, secrets_in

_DC09_KEY_BYTES: Final = frozenset({16, 24, 32})
_PORTS: Final = 65536


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


class Dc09(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The control centre's receiver for alarms, as security companies have it (SIA DC-09)."""

    server: Annotated[str, Meta(pattern=r"^([A-Za-z0-9.-]+:\d{1,5})?\Z")] = ""
    # ours at the receiver; of each home its beginning, where each has one
    account: Annotated[str, Meta(pattern=r"^([0-9A-Fa-f]{3,12})?\Z")] = ""
    accounts: Literal["one", "dong", "home"] = "one"
    # each as 문안동=12AB
    dongs: tuple[Annotated[str, Meta(pattern=r"^[^=]{1,40}=[0-9A-Fa-f]{3,16}\Z")], ...] = ()
    receiver: Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{1,6}\Z")] = "1"
    line: Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{1,6}\Z")] = "0"
    # a file with 16, 24 or 32 characters, or hex: and the digits of as many bytes; empty: plain
    key_file: str = ""
    poll_seconds: Annotated[int, Meta(ge=10, le=86400)] = 60


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


class Outward(Protocol):
    """The part of the options that is judged here."""

    @property
    def reach(self) -> Reach: ...

    @property
    def sip(self) -> Sip: ...

    @property
    def mail(self) -> Mail: ...

    @property
    def centre(self) -> Centre: ...

    @property
    def dc09(self) -> Dc09: ...


def check_outward(options: Outward) -> None:
    _check_reach(options.reach)
    _check_sip(options)
    _check_mail(options)
    _check_centre(options)
    _check_dc09(options)


def _check_reach(reach: Reach) -> None:
    if not reach.url:
        return
    for name in ("token", "sender", "secret"):
        if not getattr(reach, name):
            raise OptionsError(f"The option reach.{name} is needed where reach.url is given.")
    check_secret("reach.secret", reach.secret)


def _check_mail(options: Outward) -> None:
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


def _check_centre(options: Outward) -> None:
    centre_keys(options.centre)
    if options.centre.url:
        _needs_telephone(options, "centre.url", "a machine's answer wakes nobody")
    check_authority("centre.ca", options.centre.ca)


def dc09_key(dc09: Dc09) -> bytes | None:
    """Some centres hand out characters, others the hex digits of bytes."""
    if not dc09.key_file:
        return None
    try:
        text = Path(dc09.key_file).read_text(encoding="ascii").strip()
        key = bytes.fromhex(text[4:]) if text.startswith("hex:") else text.encode("ascii")
    except OSError as error:
        raise OptionsError(
            f"The option dc09.key_file is wrong: {dc09.key_file!r} cannot be read."
        ) from error
    except ValueError:
        key = b""
    if len(key) not in _DC09_KEY_BYTES:
        raise OptionsError(
            "The file of the option dc09.key_file is wrong: "
            "16, 24 or 32 characters, or hex: and 32, 48 or 64 digits."
        )
    return key


def _check_dc09(options: Outward) -> None:
    dc09 = options.dc09
    if not dc09.server:
        return
    if not dc09.account:
        raise OptionsError("The option dc09.account is needed where dc09.server is given.")
    if not 0 < int(dc09.server.rpartition(":")[2]) < _PORTS:
        raise OptionsError("The option dc09.server is wrong: its port is none.")
    if bool(dc09.dongs) is not (dc09.accounts == "dong"):
        raise OptionsError("The options dc09.dongs and dc09.accounts dong belong together.")
    dc09_key(dc09)
    _needs_telephone(options, "dc09.server", "a machine's answer wakes nobody")


def _needs_telephone(options: Outward, name: str, because: str) -> None:
    if not options.reach.url and not options.sip.server:
        raise OptionsError(
            f"The option {name} is given without a telephone: {because}. "
            "Give reach.url or sip.server as well."
        )


def _check_sip(options: Outward) -> None:
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
    check_authority("sip.ca", sip.ca)
    if options.reach.calls_at_once >= sip.lines:
        raise OptionsError(
            "The option reach.calls_at_once must be less than sip.lines: "
            "a line is kept for telling whoever responds."
        )
