"""What holds for every test, wherever it lives."""

import faulthandler

from hypothesis import HealthCheck, settings
import pytest

# Home Assistant's own threads are given ten seconds at its end.
_LINGERS_S, _STDERR = 60, 2

# a shared machine can be slow at any moment; slowness is not what these tests are about
settings.register_profile("anshim", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("anshim")


def pytest_unconfigure(config: pytest.Config) -> None:
    """A thread that a test forgot would hold up the process for ever: show it, and fail.

    One of several workers is ended by the process that shares out the work; until then it waits.
    """
    if hasattr(config, "workerinput"):
        return
    faulthandler.dump_traceback_later(_LINGERS_S, exit=True, file=_STDERR)
