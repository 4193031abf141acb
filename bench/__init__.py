"""Measurements that take data by path: how good the platform is, and how fast."""
