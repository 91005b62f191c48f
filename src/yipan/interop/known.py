"""What messages say of a person, for `patients.dossier`, and how long their content is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yipan.base.patients import dossier
from yipan.base.patients.dossier import row_of
from yipan.base.vault import retention
from yipan.interop.models import InboundMessage, MessageState, OutboundMessage
from yipan.interop.outbound.models import OutboundState

DONE = (MessageState.APPLIED, MessageState.SUPERSEDED, MessageState.IGNORED)
BATCH = 1000


def announce() -> None:
    """Register section, removal and rule; called once when Django is ready."""
    dossier.section("messages", _("Messages"), _messages, "interop.InboundMessage")
    dossier.section("sent_messages", _("Messages sent"), _sent, "interop.OutboundMessage")
    dossier.on_erase("interop", _erase)
    text = _("Content of messages that were applied, overtaken or ignored; that they came and what they did stays")
    retention.register(retention.Rule("messages.content", text, 90, _with_content, _remove_content))
    sent = _("Content of sent messages that were acknowledged or given up; that they were sent stays")
    retention.register(retention.Rule("messages.sent", sent, 90, _answered_count, _remove_answered))


def _messages(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(row, "patient_key") for row in InboundMessage.objects.filter(patient_id__in=ids).order_by("id"))


def _sent(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(row) for row in OutboundMessage.objects.filter(patient_id__in=ids).order_by("id"))


def _erase(ids: Sequence[UUID]) -> None:
    """The content of every message about the person, applied or not, and what it is found by."""
    mine = InboundMessage.objects.filter(patient_id__in=ids)
    people = set(mine.exclude(patient_key=None).values_list("source_id", "patient_key"))
    for source_id, key in people:
        same = InboundMessage.objects.filter(source_id=source_id, patient_key=key)
        same.update(raw=b"", patient_key=None, error_params={}, note="")
    mine.update(raw=b"", patient_key=None, error_params={}, note="")
    sent = OutboundMessage.objects.filter(patient_id__in=ids)
    sent.exclude(state=OutboundState.ACKNOWLEDGED).update(state=OutboundState.DROPPED)
    sent.update(raw=b"", answer_text="", note="", error_params={})


def _answered(before: datetime) -> Any:
    states = (OutboundState.ACKNOWLEDGED, OutboundState.DROPPED)
    return OutboundMessage.objects.filter(state__in=states, created_at__lt=before).exclude(raw=b"")


def _answered_count(before: datetime) -> int:
    return _answered(before).count()


def _remove_answered(before: datetime) -> int:
    ids = list(_answered(before).order_by("id").values_list("id", flat=True)[:BATCH])
    return OutboundMessage.objects.filter(pk__in=ids).update(raw=b"")


def _with_content(before: datetime) -> int:
    return _old(before).count()


def _remove_content(before: datetime) -> int:
    ids = list(_old(before).order_by("id").values_list("id", flat=True)[:BATCH])
    return InboundMessage.objects.filter(pk__in=ids).update(raw=b"")


def _old(before: datetime) -> Any:
    return InboundMessage.objects.filter(state__in=DONE, received_at__lt=before).exclude(raw=b"")
