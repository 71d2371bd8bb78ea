"""`scripts/blueprint-gallery` starts here."""

from pathlib import Path
import sys

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

if __name__ == "__main__":
    from gallery.page import main

    sys.exit(main(sys.argv[1:]))
