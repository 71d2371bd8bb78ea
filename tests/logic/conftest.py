"""Nothing here needs Home Assistant: its test plugin's care for each test is switched off by name.

Collecting garbage after every test alone costs more than all the decisions of a year.
"""

import os

from hypothesis import HealthCheck, settings
import pytest

settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", parent=settings.get_profile("ci"), derandomize=False)
settings.load_profile(os.environ.get("ANSHIM_HYPOTHESIS", "ci"))


@pytest.fixture(autouse=True)
def garbage_collection() -> None:
    """Home Assistant's tests look for leaks after each one."""


@pytest.fixture(autouse=True)
def verify_cleanup() -> None:
    """There is no event loop to be left dirty."""


@pytest.fixture(autouse=True)
def reset_globals() -> None:
    """There are none."""


@pytest.fixture(autouse=True)
def mock_network() -> None:
    """There is none."""


@pytest.fixture(autouse=True)
def mock_get_source_ip() -> None:
    """There is no network."""
