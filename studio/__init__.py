"""Packshots in, finished scene pictures out."""

__version__ = "0.1.0"
