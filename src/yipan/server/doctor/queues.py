"""What waits: messages, effects, jobs, holds."""

from __future__ import annotations

from collections.abc import Iterator

from yipan.interop.models import InboundMessage, MessageState
from yipan.server.doctor.finding import Finding, fault, warning
from yipan.server.metrics import figures

LATE_SECONDS = 120.0
MANY_ATTEMPTS = 5


def messages() -> Iterator[Finding]:
    """Messages are applied as they come; those that need a person have one."""
    waiting = figures.messages()
    count, age = waiting.get("received", (0, 0.0))
    if age > LATE_SECONDS:
        yield fault("doctor_messages_not_applied", n=count, minutes=round(age / 60))
    unmapped = InboundMessage.objects.filter(state=MessageState.WAITING, source__organisation=None).count()
    if unmapped:
        yield warning("doctor_sender_unmapped", n=unmapped)
    stuck = InboundMessage.objects.filter(state=MessageState.WAITING, retry_at=None).count() - unmapped
    if stuck > 0:
        yield warning("doctor_messages_waiting", n=stuck)


def effects() -> Iterator[Finding]:
    """Effects after commit are carried out."""
    due = figures.outbox()
    if due.age > LATE_SECONDS:
        yield fault("doctor_outbox_late", n=due.count, minutes=round(due.age / 60))
    if due.attempts >= MANY_ATTEMPTS:
        yield warning("doctor_outbox_fails", attempts=due.attempts)


def jobs() -> Iterator[Finding]:
    """Background jobs are begun, and none has failed for good."""
    due = figures.jobs()
    if due.age > LATE_SECONDS:
        yield fault("doctor_jobs_late", n=due.count, minutes=round(due.age / 60))
    if failed := figures.failed_jobs():
        yield warning("doctor_jobs_failed", n=failed)


def holds() -> Iterator[Finding]:
    """A hold that ran out gives its bed back."""
    _, overdue, age = figures.holds()
    if age > LATE_SECONDS:
        yield fault("doctor_holds_overdue", n=overdue)


CHECKS = (messages, effects, jobs, holds)
