"""Fuzzers, to be run for hours and not with the tests."""
