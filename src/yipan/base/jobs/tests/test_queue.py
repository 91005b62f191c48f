"""Jobs are written with the change that asked for them, and no key waits twice."""

from __future__ import annotations

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from yipan.base.jobs import enqueue
from yipan.base.jobs.tasks import rescue, tidy

pytestmark = pytest.mark.django_db(transaction=True)


def waiting() -> list[tuple[str, dict[str, object]]]:
    return list(ProcrastinateJob.objects.filter(status="todo").order_by("id").values_list("task_name", "args"))


def test_a_job_exists_exactly_when_its_change_does() -> None:
    """A rolled back transaction leaves no job, a committed one leaves it with its arguments."""
    with transaction.atomic():
        enqueue(rescue, timestamp=1)
        transaction.set_rollback(True)
    assert waiting() == []
    with transaction.atomic():
        enqueue(rescue, timestamp=2)
    assert waiting() == [("jobs.rescue", {"timestamp": 2})]


def test_a_key_waits_once_and_its_refusal_breaks_nothing() -> None:
    """The second job of a key is not written, and the transaction that asked for it goes on."""
    with transaction.atomic():
        first = enqueue(tidy, key="tonight", timestamp=1)
        second = enqueue(tidy, key="tonight", timestamp=2)
        other = enqueue(tidy, key="tomorrow", timestamp=3)
    assert first is not None
    assert second is None
    assert other is not None
    assert [args["timestamp"] for _, args in waiting()] == [1, 3]
