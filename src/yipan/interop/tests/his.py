"""A hospital's system for tests: sends messages to `receive`, as the listener would hand them over."""

from __future__ import annotations

from yipan.base.access import Actor, Role
from yipan.base.network.models import Bed
from yipan.codecs.hl7v2.ack import read_answer
from yipan.interop.inbound import apply_pending, receive
from yipan.interop.models import InboundMessage, Source
from yipan.lines.beds.wire.tests.feed import Feed
from yipan.spine.testing import SmallNetwork

PEER = "10.0.0.7:4711"


class His(Feed):
    """Like `Feed`, but through the store; identifiers and beds by the real mapping."""

    def __init__(self, network: SmallNetwork, facility: str = "H") -> None:
        super().__init__(network, facility=facility)
        self.source = Source.objects.create(application="HIS", facility=facility, organisation=network.organisation)

    @property
    def integrator(self) -> Actor:
        return Actor(7, "集成工程师", ((Role.INTEGRATOR, self.network.organisation.path, None),))

    def tell(self, kind: str, who: str = "P1", bed: Bed | None = None, **more: object) -> str:
        """Send a message without applying it; the acknowledgement's code."""
        answer = receive(self.raw(kind, who, bed, **more), PEER)  # type: ignore[arg-type]
        assert answer is not None
        return read_answer(answer).code

    def say(self, kind: str, who: str = "P1", bed: Bed | None = None, **more: object) -> InboundMessage:
        """Send a message, let the worker work, and look at the message then."""
        self.tell(kind, who, bed, **more)
        pk = self.latest().pk
        apply_pending()
        return InboundMessage.objects.get(pk=pk)

    def latest(self) -> InboundMessage:
        return InboundMessage.objects.order_by("-id")[0]


def outcome(message: InboundMessage) -> str:
    """State and what was done, or why not."""
    message.refresh_from_db()
    return f"{message.state}: {message.outcome or message.error_code}"
