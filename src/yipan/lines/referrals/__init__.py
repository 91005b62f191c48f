"""Referrals: patients handed from one organisation to another, up, down and sideways."""
