"""Which ways to the telephone network the options name. Called by the service, once."""

from pathlib import Path
import ssl
import tempfile
from typing import Final

from ..clock import Clock
from ..console.texts import text
from ..duty.roster import Way
from ..options import Options, OptionsError
from .carrier import Carrier, HttpCarrier, TwoCarriers
from .dc09.frames import Account as Account09
from .dc09.line import Line
from .dc09.system import Dc09System, Numbering, ServerClock, warn
from .hook import HookSystem
from .mail import Mailer, SmtpMailer
from .options import Sip, centre_keys, dc09_key
from .sip.account import Account
from .sip.carrier import Report, SipCarrier
from .sip.line import Agent
from .sip.prompts import Prompts
from .sip.proof import UnprovenError, prove_that_it_minds
from .sip.registration import Registration
from .sip.sound import SoundError

_PORTS: Final = {"tls": 465, "starttls": 587}


def carrier_of(options: Options, report: Report) -> Carrier | None:
    """`report`: what came of a call that we made ourselves."""
    provider = _provider(options) if options.reach.url else None
    line = _line(options, report) if options.sip.server else None
    if provider and line:
        return TwoCarriers(texts=provider, calls=line)
    return line or provider


def mailer_of(options: Options) -> Mailer | None:
    mail = options.mail
    if not mail.server:
        return None
    host, _, port = mail.server.partition(":")
    return SmtpMailer(
        host=host,
        port=int(port) if port else _PORTS[mail.security],
        security=mail.security,
        user=mail.user,
        password=mail.password,
        sender=mail.sender,
        to=mail.to,
    )


def hook_of(options: Options, clock: Clock) -> HookSystem | None:
    centre = options.centre
    if not centre.url:
        return None
    return HookSystem(
        url=centre.url,
        keys=centre_keys(centre),
        clock=clock,
        console=options.public_url.rstrip("/"),
        authority=ssl.create_default_context(cafile=centre.ca) if centre.ca else None,
        names=centre.names,
    )


def receiver_of(options: Options, clock: Clock) -> Dc09System | None:
    dc09 = options.dc09
    if not dc09.server:
        return None
    host, _, port = dc09.server.rpartition(":")
    account = Account09(
        number=dc09.account.upper(), receiver=dc09.receiver, line=dc09.line, key=dc09_key(dc09)
    )
    numbering = Numbering(
        account=account,
        dongs={dong: number.upper() for dong, number in (of.split("=") for of in dc09.dongs)},
        each_home=dc09.accounts == "home",
    )
    line = Line(host, int(port), ServerClock(clock=clock), warn)
    return Dc09System(line=line, numbering=numbering, clock=clock, poll_s=dc09.poll_seconds)


def ways_of(options: Options, carrier: Carrier | None) -> frozenset[Way]:
    """What can be told at all."""
    beside = {
        Way.MAIL: options.mail.server,
        Way.HOOK: options.centre.url,
        Way.DC09: options.dc09.server,
    }
    own = {way for way, where in beside.items() if where}
    return frozenset({*(carrier.ways if carrier else ()), *own})


def _provider(options: Options) -> HttpCarrier:
    reach = options.reach
    callback = f"{options.public_url.rstrip('/')}/v1/reach/callbacks"
    return HttpCarrier(url=reach.url, token=reach.token, sender=reach.sender, callback=callback)


def _line(options: Options, report: Report) -> SipCarrier:
    sip = options.sip
    try:
        prompts = Prompts.of(
            Path(tempfile.mkdtemp(prefix="anshim-sounds-")), options.language, sip.recording
        )
    except SoundError as error:
        raise OptionsError(f"The option sip.recording is wrong: {error}.") from error
    return SipCarrier(
        account=_account(sip),
        agent=_agent(sip),
        prompts=prompts,
        report=report,
        thanks=text(options.language, "say.heard"),
        lines=sip.lines,
        ring_s=sip.ring_seconds,
    )


def registration_of(options: Options, clock: Clock) -> Registration | None:
    """Where the PBX wants to know where we are."""
    sip = options.sip
    if not sip.server or not sip.register:
        return None
    return Registration(
        account=_account(sip), agent=_agent(sip), clock=clock, every_s=sip.register_seconds
    )


def _account(sip: Sip) -> Account:
    return Account(
        server=sip.server,
        user=sip.user,
        password=sip.password,
        login=sip.login,
        transport=sip.transport,
        srtp=sip.srtp,
        prefix=sip.prefix,
        international=sip.international,
    )


def _agent(sip: Sip) -> Agent:
    agent = Agent(
        program=sip.program, modules=sip.modules, interface=sip.interface, authority=sip.ca
    )
    if sip.ca:
        try:
            prove_that_it_minds(agent)
        except UnprovenError as error:
            raise OptionsError(
                f"The option sip.transport is wrong: {sip.program} cannot be trusted with tls: "
                f"{error}. baresip 1.1 or later minds."
            ) from error
    return agent
