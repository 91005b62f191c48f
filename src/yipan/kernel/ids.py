"""Identifiers: time-ordered UUIDs, so that new rows lie together in the index."""

from __future__ import annotations

import os
import uuid

from yipan.kernel import clock


def new_id() -> uuid.UUID:
    """A UUID of version 7: 48 bits of milliseconds, then random (RFC 9562, section 5.7)."""
    millis = int(clock.now().timestamp() * 1000) & ((1 << 48) - 1)
    tail = int.from_bytes(os.urandom(10), "big")
    value = (millis << 80) | tail
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)
