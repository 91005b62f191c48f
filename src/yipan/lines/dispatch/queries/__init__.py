"""Reads of the ambulances."""
