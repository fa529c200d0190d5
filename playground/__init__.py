"""Stand-ins for SuperOffice and Slack on loopback: for a first try, and for the tests."""
