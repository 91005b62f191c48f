"""Reads of referrals, scoped by access."""
