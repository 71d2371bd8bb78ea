"""For the tests on a street of real programs, journeys and browser: what they share.

All that need one street are run by one process. Beside one that failed is shown what stands there.
"""

from collections.abc import Generator
from pathlib import Path

import pytest

from stage.shown import last_words, shown
from stage.street import Street

FIRST_STREET = "street"
# Half of the journeys are here, at the same time: they mostly wait.
SECOND_STREET = "second_street"

BUILT: pytest.StashKey[Street] = pytest.StashKey()
FOLDER: pytest.StashKey[Path] = pytest.StashKey()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each worker that had one of them would build a street of its own.

    A module that names its STREET has it built beside the others'.
    """
    for item in items:
        if on_the_street(item) and item.get_closest_marker("xdist_group") is None:
            module = getattr(item, "module", None)
            item.add_marker(pytest.mark.xdist_group(getattr(module, "STREET", FIRST_STREET)))


def on_the_street(item: pytest.Item) -> bool:
    return "street" in getattr(item, "fixturenames", ())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    stash = item.config.stash
    if report.failed and on_the_street(item) and FOLDER in stash:
        street = stash.get(BUILT, None)
        seen = shown(street) if street else "the street was not built"
        report.sections.append(("the street", seen))
        report.sections.append(("the ends of its logs", last_words(stash[FOLDER])))
    return report
