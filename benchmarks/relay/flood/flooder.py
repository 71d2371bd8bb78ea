"""Everybody who talks too much, in a process of its own until it is killed.

At the relay: strangers without the token, junk with it, a home gone mad. At the district: forged
calls for help under a key that nobody knows.
"""

import argparse
import asyncio
from collections.abc import Callable
import itertools
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.relay.after_outage.kits import EVENT, AwayError, Line
from benchmarks.relay.messages import ALERT, HELP, said
from tests.relay.support.keys import sign
from tests.relay.support.process import TOKEN

FORGED = "h-forged0001"
# Far above what the bench itself uses.
FIRST_VERSION = 1_000_000


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


async def talk(port: int, path: str, body: Callable[[], bytes], token: str) -> None:
    line = Line(port)
    while True:
        try:
            await line.ask("POST", path, body(), token)
        except AwayError:
            # Refused, which is right, or not heard in time.
            await asyncio.sleep(0)


async def flood(given: argparse.Namespace) -> None:
    numbers = itertools.count(FIRST_VERSION)
    key = Ed25519PrivateKey.generate()

    def alert() -> bytes:
        return encoded(said(ALERT, next(numbers), given.household))

    def forged() -> bytes:
        stamps = {"source": "urn:anshim:kit:k-forged0001", "epoch": "e", "seq": next(numbers)}
        call = said(HELP, next(numbers), FORGED) | stamps
        return encoded({"events": [sign(call, key, EVENT)]})

    talks = [
        (given.relay, "/v1/events", alert, "no-token-of-this-house"),
        (given.relay, "/v1/events", lambda: secrets.token_bytes(4096), TOKEN),
        (given.relay, "/v1/events", alert, TOKEN),
        (given.district, "/v1/events", forged, ""),
    ]
    await asyncio.gather(*[talk(*one) for one in talks for _ in range(given.each)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--relay", type=int, required=True)
    parser.add_argument("--district", type=int, required=True)
    parser.add_argument("--household", required=True)
    parser.add_argument("--each", type=int, default=4)
    asyncio.run(flood(parser.parse_args()))
