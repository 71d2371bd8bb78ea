"""A data folder as its first start leaves it to a district: made once, laid out for each test."""

import atexit
from contextlib import closing
import functools
from pathlib import Path
import shutil
import sqlite3
import tempfile

from argon2 import PasswordHasher
import msgspec

from anshim_district.clock import SystemClock
from anshim_district.options import Options
from anshim_district.service import DATABASE, Service

# A password is made to cost who guesses it: at its real cost it is most of what a test costs.
# It is verified at the cost at which it was stored.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def lay_out(folder: Path, *, user: str, password: str) -> None:
    shutil.copytree(opened(user, password), folder, dirs_exist_ok=True)


@functools.cache
def opened(user: str, password: str) -> Path:
    """Schema, keys and the first account."""
    folder = Path(tempfile.mkdtemp(prefix="anshim-opened-"))
    atexit.register(shutil.rmtree, folder)
    given = {
        "district": {"id": "test-gu", "name": "시험구"},
        "admin": {"user": user, "password": password},
    }
    service = Service.put_together(msgspec.convert(given, Options), folder, SystemClock())
    service.open(folder)
    service.database.close()
    with closing(sqlite3.connect(folder / DATABASE)) as database, database:
        cheap = CHEAP.hash(password)
        database.execute("UPDATE staff SET password = ? WHERE user = ?", (cheap, user))
    return folder
