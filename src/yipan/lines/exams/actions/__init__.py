"""One function for each verb of the examinations: access, facts, policy, spine, event; nothing of pages or messages."""

from yipan.lines.exams.actions.ordering import order_exam

__all__ = ["order_exam"]
