"""Sealed columns: fields that the database holds encrypted, digests to search them by, and the change of keys."""
