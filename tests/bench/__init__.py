"""The benchmark: that it runs."""
