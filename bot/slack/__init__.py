"""Slack: where presence is shown."""
