"""What the examinations say to and hear from other systems: orders, results, studies. No sockets here.

Each message does all of its effects or none, and told twice is told once.
"""

from collections.abc import Callable, Mapping
from typing import Any

from yipan.lines.exams.wire.orders import take_orders
from yipan.lines.exams.wire.results import take_results
from yipan.lines.exams.wire.telling import tell_result
from yipan.spine.wire import Outcome, Outgoing

__all__ = ["INBOUND", "OUTBOUND", "take_orders", "take_results", "tell_result"]

INBOUND: dict[str, Callable[..., Outcome]] = {
    "ORM^O01": take_orders,
    "OML^O21": take_orders,
    "OMG^O19": take_orders,
    "ORU^R01": take_results,
}
"""Message kind → what applies it: `(event, *, source, actor) -> Outcome`."""

OUTBOUND: dict[str, Callable[[Mapping[str, Any]], Outgoing[Any] | None]] = {"exams.result": tell_result}
"""What is told to other systems → what builds it."""
