"""The guide for integrators says what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

from yipan.codecs.hl7v2 import parse
from yipan.codecs.hl7v2.adt import adt_event
from yipan.lines.beds.wire import INBOUND

GUIDE = Path(__file__).parents[4] / "docs" / "guides" / "connect-your-his.md"


def test_examples_can_be_read():
    """Every message in the guide is a message that the mapping takes."""
    blocks = re.findall(r"```hl7\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    events = [adt_event(parse(block.encode()), ZoneInfo("Asia/Shanghai")) for block in blocks]
    assert [e.trigger for e in events] == ["A28", "A01"]
    assert all(f"ADT^{e.trigger}" in INBOUND for e in events)
    first, second = events
    assert second.location is not None
    assert (second.location.bed, second.visit_number, second.hospital_service) == ("07", "ZY26030201", "NEURO")
    assert {i.type for i in first.identifiers} == {"MR", "NI"}
    assert second.at == second.admitted_at.at


def test_every_trigger_is_explained():
    """The table of the guide names exactly the triggers that are used."""
    table = GUIDE.read_text("utf-8").partition("| message |")[2].partition("\n\n")[0]
    named = {m for line in table.splitlines()[2:] for m in re.findall(r"A\d\d", line.split("|")[1])}
    assert named == {kind.removeprefix("ADT^") for kind in INBOUND}
