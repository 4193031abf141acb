"""Associations, councils and panels: groups in whose name their members write, for a time."""
