"""The program `anshim-relay`: reads the options, opens what must be there, runs the relay."""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from enum import Enum, auto
import fcntl
from pathlib import Path
import signal
import sys
from typing import TextIO

import aiohttp

from anshim_relay import VERSION, log, options as options_door
from anshim_relay.address import Address
from anshim_relay.arguments import parser
from anshim_relay.identity import IdentityFile, load
from anshim_relay.intake_token import intake_token
from anshim_relay.options import BadOptionsError, Options
from anshim_relay.outbox.database import UnsuitableError
from anshim_relay.outbox.epochs import Witness
from anshim_relay.outbox.opening import open_outbox
from anshim_relay.parts import Parts
from anshim_relay.receivers import names
from anshim_relay.relay import Relay
from anshim_relay.timekeeper import Timekeeper
from anshim_relay.wiping import OwedError, wipe

NAME = "anshim-relay"
DOES = "Keeps what a home says until its district has it."
BAD_START = 2
BROKEN = 1
# An outbox that breaks so soon so often will not be better the next time.
SHORTEST_LIFE_S = 10.0
MOST_SHORT_LIVES = 3


class Ended(Enum):
    STOPPED = auto()
    BROKEN = auto()


class BadStartError(Exception):
    """One sentence for the person who started it."""


def main(argv: Sequence[str] | None = None) -> int:
    arguments = asked(argv)
    log.speak_for_libraries()
    try:
        options = options_door.load(arguments.options)
        with lock(arguments.data):
            if arguments.wipe:
                wipe(arguments.data, even_unsent=arguments.even_unsent)
                return 0
            return asyncio.run(live(options, arguments.data))
    except (BadOptionsError, BadStartError, OwedError, UnsuitableError) as error:
        sys.stderr.write(f"anshim-relay: {error}\n")
        return BAD_START


def asked(argv: Sequence[str] | None) -> argparse.Namespace:
    words = parser(NAME, DOES)
    words.add_argument(
        "--wipe", action="store_true", help="for another resident: forget key and messages, and end"
    )
    words.add_argument(
        "--even-unsent", action="store_true", help="with --wipe: also what is not delivered yet"
    )
    return words.parse_args(argv)


def lock(data: Path) -> TextIO:
    """Two relays on one folder would each believe to be the only writer.

    The lock ends with the process, however it ends.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        file = (data / "lock").open("w", encoding="ascii")
    except OSError as error:
        raise BadStartError(f"Cannot write to the data folder {data}: {error.strerror}.") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise BadStartError(f"Another relay is using the data folder {data}.") from error
    return file


async def live(options: Options, data: Path) -> int:
    """Lives again when the outbox broke under it: opening it is what rescues.

    An outbox that breaks again and again at once is for a person.
    """
    loop = asyncio.get_running_loop()
    short_lives = 0
    while short_lives < MOST_SHORT_LIVES:
        born = loop.time()
        if await one_life(options, data) is Ended.STOPPED:
            log.info("stopped")
            return 0
        short_lives = short_lives + 1 if loop.time() - born < SHORTEST_LIFE_S else 0
    return BROKEN


async def one_life(options: Options, data: Path) -> Ended:
    stop, broken = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)

    def on_broken() -> None:
        broken.set()
        stop.set()

    def from_any_thread() -> None:
        loop.call_soon_threadsafe(on_broken)

    parts = await opened(options, data, from_any_thread)
    try:
        await relayed(parts, stop)
    finally:
        await asyncio.to_thread(parts.outbox.close)
    return Ended.BROKEN if broken.is_set() else Ended.STOPPED


async def opened(options: Options, data: Path, on_broken: Callable[[], None]) -> Parts:
    """1. who we are; 2. what we owe; 3. what time it is. Only then is there a relay."""
    timekeeper = Timekeeper()
    identity = load(data)
    outbox, found = open_outbox(
        data,
        limit=options.storage,
        destinations=names(options),
        witness=counted(identity),
        seal=identity.identity.seal,
        now=timekeeper.moment().now,
        on_broken=on_broken,
    )
    timekeeper.seen(await outbox.newest_kept_at())
    log.info("started", version=VERSION, damaged=found.damaged, restored=found.stranger)
    return Parts(
        options=options,
        address=Address(data, options.district_url, options.other_district_urls),
        token=intake_token(options.intake_token, data),
        identity=identity,
        outbox=outbox,
        found=found,
        timekeeper=timekeeper,
    )


def counted(identity: IdentityFile) -> Witness:
    """A disk too full for this small file must not stop the start: there may be calls for help."""
    try:
        return identity.count_start()
    except OSError as error:
        log.error("start_not_counted", errno=error.errno, do="free disk space on this device")
        return identity.identity.witness


async def relayed(parts: Parts, stop: asyncio.Event) -> None:
    numbers = {name: await parts.outbox.destination(name) for name in names(parts.options)}
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        try:
            await Relay(parts, numbers, http).run(stop)
        except OSError as error:
            options = parts.options
            raise BadStartError(
                f"Cannot listen on {options.listen_host} port {options.listen_port}: "
                f"{error.strerror}. Choose another listen_port."
            ) from error
