"""Ambulances: a transport is a capacity that a referral books together with the bed, and a hand-over at its end."""
