"""Who did what, when: an append-only record of changes and of reads of patient records."""

from yipan.base.audit.journal import record

__all__ = ["record"]
