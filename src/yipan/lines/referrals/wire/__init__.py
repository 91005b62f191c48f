"""What messages of partners mean for referrals, and what partners that run no Yipan are told. No sockets here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from yipan.lines.referrals.wire.hearing import take_answer, take_referral
from yipan.lines.referrals.wire.telling import document, tell_step
from yipan.spine.wire import Outcome, Outgoing

__all__ = ["INBOUND", "OUTBOUND", "document", "take_answer", "take_referral", "tell_step"]

INBOUND: dict[str, Callable[..., Outcome]] = {"REF^I12": take_referral, "RRI^I12": take_answer}
"""Message kind → what applies it: `(event, *, source, actor) -> Outcome`."""

OUTBOUND: dict[str, Callable[[Mapping[str, Any]], Outgoing[Any] | None]] = {"referrals.step": tell_step}
"""What is told to other systems → what builds it."""
