"""Supporting and following with a confirmed address instead of an account."""
