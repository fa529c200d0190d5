"""Where it is shown: Slack."""
