"""`python -m benchmarks.rhythm DIR [PART ...]`: the tables of docs/rhythm.md, with their date.

DIR holds recorded homes and the harness that judges limits on them. Parts: homes, single, budgets,
days-off, front, ears, ghost, dead, cold, drift, speed, sensitivity. The whole takes some 40 minutes
on one core.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
import sys
import warnings

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CHECKOUT / "scripts/lib")]

from benchmarks.rhythm import front, robust, speed, tables  # noqa: E402  # the path above is theirs as well
from benchmarks.rhythm.measured import Data  # noqa: E402  # as above

PARTS: dict[str, Callable[[Data], None]] = {
    "homes": tables.homes,
    "single": tables.one_by_one,
    "budgets": tables.budgets,
    "days-off": tables.days_off,
    "front": front.front,
    "ears": front.ears,
    "ghost": robust.ghosts,
    "dead": robust.dead,
    "cold": robust.cold,
    "drift": robust.drift,
    "speed": speed.speed,
    "sensitivity": tables.sensitivity,
}


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CHECKOUT
    if not (folder / "harness.py").is_file() or not set(sys.argv[2:]) <= PARTS.keys():
        print(__doc__, file=sys.stderr)
        return 2
    # The harness divides by the collapses of homes that have none.
    warnings.simplefilter("ignore", RuntimeWarning)
    data = Data(folder)
    print(f"benchmarks.rhythm, {datetime.now(UTC):%Y-%m-%d}")
    for part in sys.argv[2:] or PARTS:
        print(f"\n## {part}\n", flush=True)
        PARTS[part](data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
