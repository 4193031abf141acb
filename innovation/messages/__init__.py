"""The private thread between moderators and the author of an idea."""
