"""`python -m anshim_relay`, the same as `anshim-relay`."""

import sys

from anshim_relay.program import main

if __name__ == "__main__":
    sys.exit(main())
