"""Who is present, how fresh that is, and what it means for a query."""
