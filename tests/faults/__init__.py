"""The fault matrix: everything that can fail around the bot, and what is seen, logged and right again afterwards."""
