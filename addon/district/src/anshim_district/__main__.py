"""`python -m anshim_district`."""

import sys

from .cli import main

sys.exit(main())
