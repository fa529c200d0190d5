"""The bot as people run it: a process of its own, against stand-ins on loopback."""
