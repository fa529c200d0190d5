"""What every test is given: markers by its place, and logging as it was."""

import logging
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest

# No test is timed: on a busy machine, an example that is slow says nothing.
hypothesis.settings.register_profile(
    "untimed", hypothesis.settings.get_profile(hypothesis.settings.get_current_profile_name()), deadline=None
)
hypothesis.settings.load_profile("untimed")

TESTS = Path(__file__).parent
MARKERS = {
    "bench": "bench",
    "browser": "browser",
    "deploy/test_container.py": "container",
    "deploy/test_install.py": "install",
    "e2e": "e2e",
    "faults": "faults",
    "slack/views/test_types.py": "npm",
}
"""The marker of each test in a folder or file."""

REQUIRED = frozenset(os.environ.get("CI_REQUIRE", "").split(","))
"""The markers whose tests may not be skipped: CI has what they need."""


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test the marker of its place."""
    for place, marker in MARKERS.items():
        path = TESTS / place
        if not path.exists():
            raise pytest.UsageError(f"tests/conftest.py gives a marker to {path}, which is not there")
        for item in items:
            if item.path.is_relative_to(path):
                item.add_marker(marker)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a test that was skipped fail instead where CI_REQUIRE names its marker."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and REQUIRED & {mark.name for mark in item.iter_markers()}:
        report.outcome = "failed"
        report.longrepr = f"skipped, but CI_REQUIRE does not allow that: {report.longreprtext}"
    return report


@pytest.fixture(autouse=True)
def _restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    kept = root.level, root.handlers[:]
    levels = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    yield
    root.setLevel(kept[0])
    root.handlers[:] = kept[1]
    for name in logging.root.manager.loggerDict:
        logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))
