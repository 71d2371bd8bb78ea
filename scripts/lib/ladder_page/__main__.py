"""`scripts/ladder-page` starts here: the logic is imported without the integration."""

from pathlib import Path
import sys

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts/lib")]

if __name__ == "__main__":
    from replay.__main__ import without_home_assistant

    without_home_assistant()
    from ladder_page.page import main

    sys.exit(main(sys.argv[1:]))
