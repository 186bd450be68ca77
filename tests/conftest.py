"""Rules of the whole suite: stay on loopback, no real peer skipped in CI, patient property tests."""

import gc

from hypothesis import HealthCheck, settings

from tests.support.ci_rule import in_ci, pytest_make_collect_report, pytest_runtest_makereport
from tests.support.loopback import stay_on_loopback

__all__ = ["pytest_make_collect_report", "pytest_runtest_makereport"]

stay_on_loopback()

# No deadline and no "too slow": a busy machine is not a bug.
_PATIENT = (HealthCheck.too_slow,)
settings.register_profile("dev", deadline=None, suppress_health_check=_PATIENT)
settings.register_profile("ci", deadline=None, suppress_health_check=_PATIENT, derandomize=True, print_blob=True)
settings.load_profile("ci" if in_ci() else "dev")


def pytest_collection_finish() -> None:
    """Ten thousand tests are some hundred MiB that stay: Python's collector would walk them over and over."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20)
