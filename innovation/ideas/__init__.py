"""A development idea from its first sentence to its withdrawal; the feature to copy from."""
