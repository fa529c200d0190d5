"""Days in the life of the bot, played in virtual time: the same seed gives the same day."""
