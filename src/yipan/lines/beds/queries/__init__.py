"""Reads of the bed pool, scoped by access. One file for each page that asks; `beds` is what all of them share."""
