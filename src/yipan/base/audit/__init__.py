"""Who did what, when: an append-only record of changes and of reads of patient records."""

from yipan.base.audit.journal import record, record_list

__all__ = ["record", "record_list"]
