"""What waits for a moderator, and the decisions that the author can read."""
