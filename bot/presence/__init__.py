"""What we know: agents, topics, and how fresh it is."""
