"""Pure functions from data to messages."""
