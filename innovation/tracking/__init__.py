"""The tracking page: what a nameless author does with the key of their idea."""
