"""The command behind `scripts/demo`."""

import argparse
import sys

from stage.demo import run


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="A home falls silent, a district answers: one story on real programs.",
    )
    parser.add_argument(
        "--once", action="store_true", help="end by itself; the last line is a JSON object"
    )
    return run(once=parser.parse_args().once)


if __name__ == "__main__":
    sys.exit(main())
