"""What holds for every test, wherever it lives."""

import faulthandler

from hypothesis import HealthCheck, settings

# Home Assistant's own threads are given ten seconds at its end.
_LINGERS_S, _STDERR = 60, 2

# a shared machine can be slow at any moment; slowness is not what these tests are about
settings.register_profile("anshim", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("anshim")


def pytest_unconfigure() -> None:
    """A thread that a test forgot would hold up the process for ever: show it, and fail."""
    faulthandler.dump_traceback_later(_LINGERS_S, exit=True, file=_STDERR)
