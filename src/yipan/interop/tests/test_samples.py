"""The real messages: each is applied, or says why not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from yipan.codecs.hl7v2 import head
from yipan.interop import words
from yipan.interop.inbound import apply_pending, receive
from yipan.interop.models import InboundMessage, LocationAlias, Source
from yipan.interop.tests.his import PEER, His
from yipan.kernel.clock import FrozenClock
from yipan.spine.testing import small_network
from yipan.ui import messages

DATA = Path(os.environ.get("YIPAN_DATA", Path(__file__).parents[5] / "shared" / "data")) / "hl7v2"
FILES = sorted(DATA.glob("*.hl7"))

pytestmark = pytest.mark.skipif(not FILES, reason=f"no sample messages in {DATA}")


def name_every_bed(his: His) -> None:
    """What an integrator does: give each location that names a bed a bed of the hospital."""
    beds = iter([b for ward in his.network.beds.values() for b in ward])
    told = InboundMessage.objects.filter(kind__startswith="ADT").exclude(location="")
    for source_id, location in sorted(told.values_list("source_id", "location").distinct(), key=str):
        if location.count("^") == 2:
            LocationAlias.objects.create(source_id=source_id, location=location, bed=next(beds))


def test_every_sample_is_applied_or_says_why_not(db: None, time: FrozenClock, capsys: pytest.CaptureFixture[str]):
    """All 70 messages are stored and acknowledged; the 31 ADT ones take effect, or wait with a reason in words."""
    his = His(small_network(wards={"medicine": 30}))
    by_file = {}
    for file in FILES:
        raw = file.read_bytes()
        answer = receive(raw, PEER)
        assert answer is None or head(answer).type == "ACK"
        by_file[file.name] = (raw, InboundMessage.objects.order_by("-id")[0])
    Source.objects.update(organisation=his.network.organisation)
    name_every_bed(his)
    apply_pending()
    table = []
    for name, (raw, message) in by_file.items():
        message.refresh_from_db()
        assert bytes(message.raw) == raw
        assert message.state in ("applied", "ignored", "waiting", "superseded"), name
        if message.state in ("waiting", "superseded"):
            assert message.error_code != "internal", name
            assert message.error_code in messages.codes(), message.error_code
            told = messages.sentence(message.error_code, message.error_params)
        else:
            assert message.outcome in words.OUTCOMES, message.outcome
            told = words.outcome(message.outcome)
        table.append((name, message.kind, message.state, message.outcome or message.error_code, told))
    with capsys.disabled():
        print()  # noqa: T201
        for name, kind, state, code, _ in table:
            if code != "kind_not_used":
                print(f"{name:18} {kind:8} {state:10} {code}")  # noqa: T201
    adt = [row for row in table if row[1].startswith("ADT")]
    assert len(table) == 70
    assert len(adt) == 31
    others = [row for row in table if not row[1].startswith(("ADT", "ORM", "OML", "OMG", "ORU", "REF", "RRI"))]
    assert all(row[3] == "kind_not_used" for row in others)
    assert sum(row[2] == "applied" for row in adt) >= 10
