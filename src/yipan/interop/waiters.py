"""Messages that wait for a state of affairs: they are tried at once when their person or bed changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from yipan.base import unit
from yipan.interop.models import InboundMessage, MessageState
from yipan.kernel import clock


@dataclass
class Waiters:
    """Those that may be concerned by some messages. Raised with every message that begins to wait meanwhile."""

    waiting: list[InboundMessage] = field(default_factory=list)

    @classmethod
    def about(cls, messages: Iterable[InboundMessage]) -> Waiters:
        """Those of the same senders about a person or a place of these messages."""
        told = list(messages)
        keys = [m.patient_key for m in told if m.patient_key]
        places = [p for m in told for p in _places(m)]
        concerned = Q(patient_key__in=keys) | Q(location__in=places)
        rows = InboundMessage.objects.filter(
            concerned,
            source_id__in={m.source_id for m in told},
            state=MessageState.WAITING,
            retry_at__isnull=False,
        )
        own = {m.pk: m for m in told}
        found = rows.only("source_id", "patient_key", "location", "state", "retry_at")
        return cls([own.get(row.pk, row) for row in found])

    def add(self, message: InboundMessage) -> None:
        """This message begins to wait, or waits on."""
        if message.retry_at is not None and message not in self.waiting:
            self.waiting.append(message)

    def wake(self, message: InboundMessage) -> bool:
        """Let those be tried at once that wait for the person or a place of an applied message; whether there are any.

        What was woken is no longer waited for.
        """
        self.waiting = [m for m in self.waiting if m.state == MessageState.WAITING and m.retry_at is not None]
        woken = [other for other in self.waiting if other.pk != message.pk and _concerned(other, message)]
        for other in woken:
            other.retry_at = clock.now()
            unit.update(other, "retry_at")
        self.waiting = [other for other in self.waiting if other not in woken]
        return bool(woken)


def _concerned(other: InboundMessage, message: InboundMessage) -> bool:
    if other.source_id != message.source_id:
        return False
    same_person = bool(message.patient_key) and _bytes(other.patient_key) == _bytes(message.patient_key)
    return same_person or (bool(other.location) and other.location in _places(message))


def _places(message: InboundMessage) -> list[str]:
    return [place for place in (message.location, message.prior_location) if place]


def _bytes(key: bytes | memoryview | None) -> bytes:
    return bytes(key or b"")
