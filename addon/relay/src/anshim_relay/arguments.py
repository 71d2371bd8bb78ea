"""The command line that the relay and its health check share."""

import argparse
from pathlib import Path

from anshim_relay import VERSION


def parser(name: str, description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=name, description=description)
    parser.add_argument("--options", type=Path, required=True, help="JSON file with the options")
    parser.add_argument("--data", type=Path, required=True, help="folder for everything kept")
    parser.add_argument("--version", action="version", version=VERSION)
    return parser
