"""What holds for every test, wherever it lives."""

from hypothesis import HealthCheck, settings

# a shared machine can be slow at any moment; slowness is not what these tests are about
settings.register_profile("anshim", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("anshim")
