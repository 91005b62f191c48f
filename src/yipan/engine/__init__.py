"""Decisions on arrays: NumPy and Numba, no Django, no database."""
