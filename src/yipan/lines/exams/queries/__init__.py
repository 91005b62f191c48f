"""Reads of the examinations, scoped by access."""
