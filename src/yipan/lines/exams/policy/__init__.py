"""Pure rules of the examinations: when an order is a repetition, what it is called, and where it is done best."""

from yipan.lines.exams.policy.ordering import accession, is_repetition, needs_slot, repetition_window

__all__ = ["accession", "is_repetition", "needs_slot", "repetition_window"]
