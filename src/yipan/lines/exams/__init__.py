"""Shared examinations: order here, examine there, read at the centre."""
