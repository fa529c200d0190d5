"""What the product makes of presence, with no vendor in sight."""
