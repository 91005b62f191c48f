"""Handing out, erasing and forgetting what is known of a person."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.db import connection
from django.urls import reverse

from yipan.base.access import SYSTEM, Role
from yipan.base.audit.models import Entry
from yipan.base.patients import actions, dossier, queries
from yipan.base.patients.models import Identifier, Patient
from yipan.base.patients.tests.samples import MANAGER
from yipan.base.vault import retention
from yipan.interop.inbound import apply_pending
from yipan.interop.models import InboundMessage
from yipan.interop.queue import replay
from yipan.interop.tests.his import His
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from yipan.lines.beds.models import AdmissionRequest
from yipan.lines.beds.tests.people import signed_in
from yipan.server.privacy import keeping
from yipan.server.privacy import patient as command
from yipan.spine.models import Booking, Event, OutboxMessage, Request
from yipan.spine.testing import NOON, small_network

pytestmark = pytest.mark.django_db


@pytest.fixture
def time() -> Any:
    stopped = FrozenClock(NOON)
    with clock.using(stopped):
        yield stopped


@pytest.fixture
def his(time: FrozenClock) -> His:
    """A hospital whose system told of a whole stay of one person, and of another person."""
    his = His(small_network())
    beds = his.network.beds["neurology"]
    his.say("A01", "P1", beds[0], PID_13="13812345678", PID_11="大桥路 1 号", DG1_3="I63.9^脑梗死")
    his.say("A02", "P1", beds[1], PV1_6=beds[0].code)
    his.say("A03", "P1", beds[1])
    his.say("A01", "P2", beds[2])
    return his


def test_everything_that_points_to_a_patient_is_handed_out() -> None:
    """Every model with a patient in it belongs to a section: a new table is not forgotten."""
    named = {name for part in dossier.sections() for name in part.models}
    points = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            target = field.related_model._meta.label if field.related_model else ""
            if target in {"patients.Patient", "spine.Request", "spine.Booking"} or field.name == "patient_id":
                points.add(model._meta.label)
    assert points - named == set()


def test_export_holds_the_whole_story(his: His) -> None:
    """Identity, numbers, requests, bookings, events, messages and readings of the person, nothing of anybody else."""
    who = his.patient_id()
    queries.get(SYSTEM, who)
    told = actions.export(actor=SYSTEM, patient_id=who, reason="本人要求")
    assert (told["identity"][0]["name"], told["identity"][0]["phone"]) == ("李建国", "13812345678")
    assert told["identifiers"][0]["value"] == "P1"
    assert (len(told["requests"]), len(told["bookings"]), len(told["messages"])) == (1, 2, 3)
    assert told["admissions"][0]["diagnosis"] == "脑梗死"
    assert "PID|" in told["messages"][0]["raw"]
    assert {"booking.arrived", "booking.departed"} <= {e["kind"] for e in told["events"]}
    assert [e["action"] for e in told["audit"]][-2:] == ["patient.read", "patient.export"]
    assert "王秀英" not in json.dumps(told, ensure_ascii=False)
    assert Entry.objects.filter(action="patient.export").get().data == {"reason": "本人要求"}


def test_export_of_a_merged_person_has_both_records(his: His) -> None:
    """What belonged to a record that was merged is handed out with the one that stays."""
    Booking.objects.filter(patient_id=his.patient_id("P2")).exists()
    other = actions.register(actor=SYSTEM, name="李建囯", phone="13900000000")
    actions.merge(actor=SYSTEM, survivor_id=his.patient_id(), retired_id=other.pk, reason="同一人")
    told = actions.export(actor=SYSTEM, patient_id=other.pk, reason="本人要求")
    assert told["patient"] == str(his.patient_id())
    assert {row["name"] for row in told["identity"]} == {"李建国", "李建囯"}


def test_page_and_command_write_the_same_file(his: His, tmp_path: Path) -> None:
    """The button and the command give a ZIP of JSON and a readable page; the file is the owner's alone."""
    who = his.patient_id()
    client = signed_in(his.network.organisation, Role.COORDINATOR)
    answer = client.post(reverse("patient_export", args=[who]), {"reason": "本人要求"})
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "application/zip", "no-store")
    assert "李" not in answer["Content-Disposition"]
    target = tmp_path / "out.zip"
    done = CliRunner().invoke(command, ["export", str(who), "-o", str(target), "--reason", "本人要求"])
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    for content in (answer.content, target.read_bytes()):
        with zipfile.ZipFile(io.BytesIO(content)) as made:
            assert json.loads(made.read("data.json"))["identity"][0]["name"] == "李建国"
            page = made.read("record.html").decode()
        assert "李建国" in page
        assert "13812345678" in page
        assert "<script" not in page
    assert client.post(reverse("patient_export", args=[who]), {"reason": " "}).status_code == 422


@pytest.mark.parametrize("act", [actions.export, actions.erase])
def test_refused_without_the_right_or_a_reason(his: His, act: Any) -> None:
    """Without the verb, the reason or the patient nothing is handed out or changed."""
    before, entries = list(Patient.objects.order_by("pk").values()), Entry.objects.count()
    with pytest.raises(Refused):
        act(actor=MANAGER, patient_id=his.patient_id(), reason="x")
    with pytest.raises(InvalidInput):
        act(actor=SYSTEM, patient_id=his.patient_id(), reason=" ")
    with pytest.raises(NotFound):
        act(actor=SYSTEM, patient_id=his.network.site.pk, reason="x")
    assert (list(Patient.objects.order_by("pk").values()), Entry.objects.count()) == (before, entries)


def journals() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Event, Entry)]


def test_erased_person_is_gone_and_the_story_of_beds_stays(his: His) -> None:
    """No table holds the person's name, number, phone or diagnosis text; bookings, events and audit are untouched."""
    who, other = his.patient_id(), his.patient_id("P2")
    bookings, before = list(Booking.objects.order_by("pk").values()), journals()
    actions.erase(actor=SYSTEM, patient_id=who, reason="本人要求")
    erased = Patient.objects.get(pk=who)
    assert (erased.name, erased.phone, erased.address, str(erased.birth_date)) == ("匿名", "", "", "1960-01-01")
    assert not Identifier.objects.filter(patient_id=who).exists()
    assert {bytes(m.raw) for m in InboundMessage.objects.filter(patient_id=who)} == {b""}
    admission = AdmissionRequest.objects.get(request__patient_id=who)
    assert (admission.diagnosis, admission.visit_number, admission.diagnosis_code) == ("", "", "I63.9")
    assert list(Booking.objects.order_by("pk").values()) == bookings
    after = journals()
    assert after[0] == before[0]
    assert after[1][: len(before[1])] == before[1]
    assert after[1][-1]["action"] == "patient.erase"
    assert queries.search(SYSTEM, "李建国") == []
    assert Patient.objects.get(pk=other).name == "王秀英"
    with pytest.raises(Conflict, match="erased"):
        actions.erase(actor=SYSTEM, patient_id=who, reason="本人要求")


def test_person_under_care_is_not_erased(his: His) -> None:
    """Somebody who lies in a bed stays as they are."""
    before = list(Patient.objects.order_by("pk").values()), list(InboundMessage.objects.order_by("pk").values())
    with pytest.raises(Conflict, match="erase_under_care"):
        actions.erase(actor=SYSTEM, patient_id=his.patient_id("P2"), reason="本人要求")
    assert (
        list(Patient.objects.order_by("pk").values()),
        list(InboundMessage.objects.order_by("pk").values()),
    ) == before


def test_old_messages_lose_their_content_and_stay(his: His, time: FrozenClock) -> None:
    """After its time an applied message keeps everything but its content; a waiting one, and a young one, keep that."""
    waiting = his.say("A03", "P9")
    before = {m.pk: (m.state, m.outcome, m.patient_id, m.digest) for m in InboundMessage.objects.all()}
    old = journals()
    time.advance(timedelta(days=91))
    young = his.say("A28", "P3")
    assert {found.rule.key: found.count for found in retention.look()}["messages.content"] == 4
    assert InboundMessage.objects.exclude(raw=b"").count() == 6
    assert {found.rule.key: found.count for found in retention.run()}["messages.content"] == 4
    kept = {m.pk for m in InboundMessage.objects.exclude(raw=b"")}
    assert kept == {waiting.pk, young.pk}
    told = {m.pk: (m.state, m.outcome, m.patient_id, m.digest) for m in InboundMessage.objects.exclude(pk=young.pk)}
    assert told == before
    assert [after[: len(part)] for after, part in zip(journals(), old, strict=True)] == old
    assert retention.tidy() == 0


def test_a_repetition_is_still_known_when_its_content_is_gone(his: His, time: FrozenClock) -> None:
    """The same message again after its content was removed is not stored twice; trying it again is refused."""
    raw = his.raw("A28", "P3")
    his.count -= 1
    from yipan.interop.inbound import receive

    receive(raw, "x")
    apply_pending()
    time.advance(timedelta(days=91))
    retention.run()
    stored = InboundMessage.objects.count()
    receive(raw, "x")
    assert (InboundMessage.objects.count(), apply_pending()) == (stored, 0)
    InboundMessage.objects.update(state="ignored")
    with pytest.raises(Conflict, match="message_content_gone"):
        replay(his.integrator, his.latest().pk)


def test_installation_sets_its_own_days(his: His, time: FrozenClock) -> None:
    """A rule is data: set by command, told by `list`, used by `run`; a dry run removes nothing."""
    OutboxMessage.objects.update(done_at=NOON)
    time.advance(timedelta(days=40))
    runner = CliRunner()
    assert "messages.content: 0" in runner.invoke(keeping, ["run", "--dry-run"]).output
    assert runner.invoke(keeping, ["set", "messages.content", "30"]).exit_code == 0
    assert "messages.content: 4" in runner.invoke(keeping, ["run", "--dry-run"]).output
    assert InboundMessage.objects.filter(raw=b"").count() == 0
    assert "30" in runner.invoke(keeping, ["list"]).output
    assert runner.invoke(keeping, ["run"]).exit_code == 0
    assert InboundMessage.objects.filter(raw=b"").count() == 4
    for key, days, error in (("nothing", 30, NotFound), ("messages.content", 1, InvalidInput)):
        with pytest.raises(error):
            retention.keep(key, days)


def test_no_rule_touches_the_journals() -> None:
    """Events and audit entries belong to no rule: PostgreSQL itself refuses to remove them."""
    assert not {r.key for r in retention.rules()} & {"events", "audit"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND (tgtype & 8) > 0")
        guarded = {row[0] for row in cursor.fetchall()}
    assert {"spine_event", "audit_entry"} <= guarded
    assert Request.objects.count() == 0
