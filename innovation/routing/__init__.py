"""Which sub-project an idea belongs to, and which are informed."""
