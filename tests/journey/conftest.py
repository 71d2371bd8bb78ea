"""One street for all journeys: set up once, brought back to calm and to real time before each."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from stage.clock import StageClock, find_library
from stage.household import Times
from stage.ledger import Books
from stage.street import Builder, Street
from tests.journey.day import Day
from tests.street import (
    BUILT,
    FOLDER,
    pytest_collection_modifyitems,
    pytest_runtest_makereport,
)

__all__ = ["pytest_collection_modifyitems", "pytest_runtest_makereport"]


@pytest.fixture(scope="session")
def street(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Street]:
    """Real programs, a household that is set up, and a first sign of life."""
    folder = pytestconfig.stash[FOLDER] = tmp_path_factory.mktemp("street")
    library = find_library()
    assert library, "the journeys need libfaketime: see what scripts/bootstrap says"
    start = datetime.now(UTC) + timedelta(minutes=1)
    clock = StageClock(folder=folder / "clock", library=library, start=start)
    with ExitStack() as ending:
        builder = Builder(
            folder=folder,
            ending=ending,
            clock=clock,
            books=Books(),
            tell=print,
            times=Times(ceiling_margin_hours=0.5),
        )
        street = pytestconfig.stash[BUILT] = builder.build()
        yield street


@pytest.fixture
def day(street: Street) -> Iterator[Day]:
    """A day that begins calm, everything connected, nothing open, somebody at the fridge."""
    day = Day(street=street)
    day.begin()
    yield day
    street.clock.run(1)
