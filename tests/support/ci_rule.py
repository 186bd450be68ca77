"""In CI a test of a real peer that is skipped has failed: green must not mean "was not there"."""

import os
from collections.abc import Generator

import pytest
from _pytest.reports import CollectReport


def in_ci() -> bool:
    return os.environ.get("CI") == "true"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    del call
    report = yield
    skipped = report.outcome == "skipped" and not hasattr(report, "wasxfail")
    if skipped and in_ci() and item.get_closest_marker("peer"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: a test of a real peer was skipped in CI: {_reason(report.longrepr)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, CollectReport, CollectReport]:
    """A module that skips itself hides its markers, so in CI none may."""
    report = yield
    if report.outcome == "skipped" and in_ci():
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid}: a whole module was skipped in CI: {_reason(report.longrepr)}"
    return report


def _reason(longrepr: object) -> object:
    return longrepr[2] if isinstance(longrepr, tuple) else longrepr
