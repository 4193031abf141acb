"""Trying an idea in practice: what is expected, measured, written down, learnt and decided."""
