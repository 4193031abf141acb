"""Copies of everything, and bringing them back: backup, restore, moving to another database."""
