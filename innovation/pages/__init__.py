"""The front page and the pages that belong to no feature."""
