"""The neighbours of a bot that an administrator has installed."""

from tests.kit.neighbours import slack, superoffice

__all__ = ["slack", "superoffice"]
