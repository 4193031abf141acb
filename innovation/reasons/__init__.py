"""Reasons to start from, as administrators have written them."""
