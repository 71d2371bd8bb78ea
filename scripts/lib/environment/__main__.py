"""The command behind `scripts/bootstrap`."""

import argparse
from pathlib import Path
import sys

from .exports import as_shell, exports
from .make import make_environment
from .places import places_of
from .steps import say
from .trouble import CannotGoOnError

_CHECKOUT = Path(__file__).resolve().parents[3]


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    places = places_of(_CHECKOUT)
    try:
        make_environment(places, browser=asked.browser)
    except CannotGoOnError as trouble:
        say(f"scripts/bootstrap cannot go on: {trouble}\nWhat to do: {trouble.do}.")
        return 1
    if asked.print_env:
        print(as_shell(exports(places)))
    else:
        say(f"The environment is ready in {places.environment}.")
        say('To use it in this shell: eval "$(scripts/bootstrap --print-env)"')
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/bootstrap",
        description="Makes a private environment with Python 3.14, Home Assistant and all tools, "
        "outside the tree (XDG_CACHE_HOME). Needs no root.",
    )
    parser.add_argument("--browser", action="store_true", help="also Chromium and Korean fonts")
    parser.add_argument("--print-env", action="store_true", help="print exports for `eval`")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
