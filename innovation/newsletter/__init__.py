"""One letter for all who asked for it, by area and sub-project."""
