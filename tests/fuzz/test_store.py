"""Whatever a frame holds is stored and acknowledged: one that never is would stop its sender for ever."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.mutation import messages
from tests.fuzz.test_hl7v2 import REGRESSIONS
from yipan.interop.inbound import apply_pending, receive
from yipan.interop.models import InboundMessage


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(raw=messages.filter(lambda m: b"\x0b" not in m))
def test_any_frame_is_stored_and_answered_for_good(db: None, raw: bytes) -> None:
    """Any bytes are stored as they came and answered AA or AR, never AE; applying them leaves nothing untouched."""
    stored_and_answered(raw)


@pytest.mark.parametrize("raw", REGRESSIONS)
def test_frames_that_were_once_trouble(db: None, raw: bytes) -> None:
    """What fuzzing found stays mended."""
    stored_and_answered(raw)


def stored_and_answered(raw: bytes) -> None:
    answer = receive(raw, "10.0.0.7:4711")
    assert answer is None or answer.split(b"\r")[1][4:6] in (b"AA", b"AR", b"CA", b"CR")
    assert any(message.raw == raw for message in InboundMessage.objects.all())
    apply_pending()
    assert not InboundMessage.objects.filter(state="received").exists()
    assert not InboundMessage.objects.filter(error_code="internal").exists()
