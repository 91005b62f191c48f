"""Every test of this room begins with an empty queue."""

from __future__ import annotations

import pytest
from django.db import connection


@pytest.fixture(autouse=True)
def empty_queue(transactional_db: None) -> None:
    """Django does not empty tables that are not its own."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
