"""Reads of the clinics."""
