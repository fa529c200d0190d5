"""The bot in Slack, against a stand-in for Slack on loopback."""
