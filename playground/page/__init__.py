"""The playground in the browser: a page on loopback, between the stand-ins and the person who tries the bot."""
