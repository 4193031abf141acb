"""Believable content to try the platform with."""
