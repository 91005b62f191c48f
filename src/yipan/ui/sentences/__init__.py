"""Sentences by room: each module here holds `SENTENCES`, a code → text mapping."""
