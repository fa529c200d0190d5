"""The bot as a process of its own, its neighbours broken on purpose."""

import pytest

from tests.kit.neighbours import slack, superoffice

__all__ = ["slack", "superoffice"]


def pytest_configure(config: pytest.Config) -> None:
    """Know the marker of the test that takes longer than all others together."""
    config.addinivalue_line("markers", "soak: watches the bot for a minute and more")
