"""Wrong settings, one row each, and what `check` says about them."""
