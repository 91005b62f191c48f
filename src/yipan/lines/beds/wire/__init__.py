"""What messages from hospital systems mean for the bed pool. No sockets here.

A hospital's own system tells what *is*: these functions record it, whatever the placement rules would have said, and
refuse only what contradicts what is known. Each does all of its effects or none, and told twice is told once.
"""

from collections.abc import Callable

from yipan.lines.beds.wire.admissions import (
    admit,
    cancel_admit,
    cancel_expected_admit,
    expect_admit,
    register_visit,
)
from yipan.lines.beds.wire.beds import bed_status
from yipan.lines.beds.wire.foresight import foresee
from yipan.lines.beds.wire.people import merge_people, tell_person, update
from yipan.lines.beds.wire.plans import (
    cancel_expected_discharge,
    cancel_expected_transfer,
    come_back,
    expect_discharge,
    expect_transfer,
    go_away,
)
from yipan.lines.beds.wire.stays import cancel_discharge, cancel_transfer, discharge, swap, transfer
from yipan.spine.wire import Sender
from yipan.spine.wire.outcome import Outcome

__all__ = ["INBOUND", "Outcome", "Sender", "foresee"]

INBOUND: dict[str, Callable[..., Outcome]] = {
    "ADT^A01": admit,
    "ADT^A02": transfer,
    "ADT^A03": discharge,
    "ADT^A04": register_visit,
    "ADT^A05": expect_admit,
    "ADT^A06": admit,
    "ADT^A07": discharge,
    "ADT^A08": update,
    "ADT^A11": cancel_admit,
    "ADT^A12": cancel_transfer,
    "ADT^A13": cancel_discharge,
    "ADT^A14": expect_admit,
    "ADT^A15": expect_transfer,
    "ADT^A16": expect_discharge,
    "ADT^A17": swap,
    "ADT^A20": bed_status,
    "ADT^A21": go_away,
    "ADT^A22": come_back,
    "ADT^A25": cancel_expected_discharge,
    "ADT^A26": cancel_expected_transfer,
    "ADT^A27": cancel_expected_admit,
    "ADT^A28": tell_person,
    "ADT^A31": tell_person,
    "ADT^A40": merge_people,
}
"""Message kind → what applies it: `(event, *, source, actor) -> Outcome`.

What each does, for people: docs/guides/connect-your-his.md.
"""
