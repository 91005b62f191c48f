"""Yipan: one board for the care resources of a hospital network."""

__version__ = "0.1.0"
