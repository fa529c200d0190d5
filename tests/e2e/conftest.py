"""The bot as a process of its own, between neighbours on loopback."""

from tests.kit.neighbours import slack, superoffice

__all__ = ["slack", "superoffice"]
