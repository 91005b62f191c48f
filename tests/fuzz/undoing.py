"""What an example does to the database is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """A block whose changes are rolled back. Like those of Django's TestCase, it does not count as an outer block."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        save = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(save)
            transaction.set_rollback(False)
