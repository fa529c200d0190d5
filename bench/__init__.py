"""The benchmark: the bot beside a tutorial's bot and bare Bolt, with everything on loopback."""
