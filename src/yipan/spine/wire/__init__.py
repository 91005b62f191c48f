"""What the lines share when they apply messages: what became of one, who sent it, of whom it speaks. No sockets."""

from yipan.spine.wire.outcome import ALREADY_SO, Outcome
from yipan.spine.wire.outgoing import OUTBOX_TOPIC, Outgoing
from yipan.spine.wire.sender import Sender

__all__ = ["ALREADY_SO", "OUTBOX_TOPIC", "Outcome", "Outgoing", "Sender"]
