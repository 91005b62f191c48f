"""What messages from hospital systems mean for the bed pool. No sockets; times and identifiers are checked by the codec."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

INBOUND: dict[str, Callable[..., Any]] = {}
