"""Which ways to the telephone network the options name. Called by the service, once."""

from pathlib import Path
import tempfile

from ..console.texts import text
from ..options import Options, OptionsError
from .carrier import Carrier, HttpCarrier, TwoCarriers
from .sip.account import Account
from .sip.carrier import Report, SipCarrier
from .sip.line import Agent
from .sip.prompts import Prompts
from .sip.sound import SoundError


def carrier_of(options: Options, report: Report) -> Carrier | None:
    """`report`: what came of a call that we made ourselves."""
    provider = _provider(options) if options.reach.url else None
    line = _line(options, report) if options.sip.server else None
    if provider and line:
        return TwoCarriers(texts=provider, calls=line)
    return line or provider


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
        account=Account(
            server=sip.server,
            user=sip.user,
            password=sip.password,
            login=sip.login,
            transport=sip.transport,
            prefix=sip.prefix,
            international=sip.international,
        ),
        agent=Agent(program=sip.program, modules=sip.modules, interface=sip.interface),
        prompts=prompts,
        report=report,
        thanks=text(options.language, "say.heard"),
        lines=sip.lines,
        ring_s=sip.ring_seconds,
    )
