"""Reports: preliminary, signed by whom, amended with everything kept."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from yipan.base.access import SYSTEM
from yipan.base.patients.actions import erase
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from yipan.lines.exams import actions, tasks
from yipan.lines.exams.actions.reports import Wording
from yipan.lines.exams.models import Reading, Report, Result
from yipan.lines.exams.queries import reports as query
from yipan.lines.exams.tests.readers import WORDS, Room, room
from yipan.spine import outbox
from yipan.spine.models import Booking, Event, OutboxMessage
from yipan.spine.testing import NOON

pytestmark = pytest.mark.django_db
OTHER = Wording("右肺上叶见 8mm 结节。", "右肺上叶结节,建议复查。", True)


@pytest.fixture
def here() -> Room:
    return room(second_items=["mammography"], peer_rate=0.0)


@pytest.fixture(autouse=True)
def at_noon() -> object:
    with clock.using(FrozenClock(NOON)) as still:
        yield still


def test_preliminary_then_final(here: Room) -> None:
    """Each save is a version; signing ends the reading, tells it, and wishes for it to be sent out, once."""
    reader, row = here.reader(), here.reading()
    actions.claim(actor=reader, order_id=row.pk)
    actions.save_preliminary(actor=reader, order_id=row.pk, wording=Wording("双肺", "", None))
    actions.save_preliminary(actor=reader, order_id=row.pk, wording=Wording("双肺 ", "", None))
    final = actions.sign(actor=reader, order_id=row.pk, wording=WORDS, seen=1)
    row.refresh_from_db()
    assert [(r.version, str(r.stage)) for r in query.versions(row.pk)] == [(1, "preliminary"), (2, "final")]
    assert row.done_at == NOON
    assert not hasattr(Reading.objects.get(pk=row.pk), "claim")
    wish = OutboxMessage.objects.get(topic="exams.report")
    assert (wish.key, wish.payload) == (f"report:{final.pk}:2", {"report": str(final.pk)})
    assert Event.objects.filter(request_id=row.pk, kind="report.final").count() == 1


def test_who_has_it_in_hand_writes(here: Room) -> None:
    """Without a claim nobody saves or signs, and nothing is written."""
    reader, row = here.reader(), here.reading()
    for write in (actions.save_preliminary, actions.sign):
        with pytest.raises(Conflict, match="reading_not_yours"):
            write(actor=reader, order_id=row.pk, wording=WORDS)
    assert not Report.objects.exists()


def test_a_resident_is_signed_by_another(here: Room) -> None:
    """A resident cannot sign; an attending signs what the resident wrote, and both are named."""
    resident, attending, row = here.reader(grade="resident"), here.reader(), here.reading()
    actions.claim(actor=resident, order_id=row.pk)
    actions.save_preliminary(actor=resident, order_id=row.pk, wording=WORDS)
    with pytest.raises(Conflict, match="report_grade"):
        actions.sign(actor=resident, order_id=row.pk, wording=WORDS)
    actions.give_back(actor=resident, order_id=row.pk)
    actions.claim(actor=attending, order_id=row.pk)
    final = actions.sign(actor=attending, order_id=row.pk, wording=WORDS)
    assert (final.author, final.signer) == (here.of(resident), here.of(attending))


def test_an_item_of_two_doctors(here: Room) -> None:
    """An item that the centre wants two doctors for is not signed by its author alone."""
    first, second = here.reader(), here.reader()
    here.items["imaging"].code = "mammography"
    here.items["imaging"].save()
    row = here.reading()
    actions.claim(actor=first, order_id=row.pk)
    with pytest.raises(Conflict, match="report_second"):
        actions.sign(actor=first, order_id=row.pk, wording=WORDS)
    assert not Report.objects.exists()
    actions.save_preliminary(actor=first, order_id=row.pk, wording=WORDS)
    actions.give_back(actor=first, order_id=row.pk)
    actions.claim(actor=second, order_id=row.pk)
    assert actions.sign(actor=second, order_id=row.pk, wording=WORDS).author == here.of(first)


def test_a_later_version_is_not_overwritten_unseen(here: Room) -> None:
    """Whoever writes from an old page is told, and the later version stays."""
    reader, row = here.reader(), here.reading()
    actions.claim(actor=reader, order_id=row.pk)
    actions.save_preliminary(actor=reader, order_id=row.pk, wording=WORDS, seen=0)
    with pytest.raises(Conflict, match="report_changed"):
        actions.save_preliminary(actor=reader, order_id=row.pk, wording=OTHER, seen=0)
    assert query.versions(row.pk).get().findings == WORDS.findings


def test_signing_asks_for_findings_impression_and_result(here: Room) -> None:
    """Every missing part is named, and nothing is written."""
    reader, row = here.reader(), here.reading()
    actions.claim(actor=reader, order_id=row.pk)
    with pytest.raises(InvalidInput) as refused:
        actions.sign(actor=reader, order_id=row.pk, wording=Wording(" ", "", None))
    assert set(refused.value.params["fields"]) == {"findings", "impression", "positive"}
    assert not Report.objects.exists()


def test_an_amendment_keeps_what_was_signed(here: Room) -> None:
    """Amended with a reason: both versions can be read, the difference is told, and it goes out again."""
    reader = here.reader()
    row = here.signed(reader)
    amended = actions.amend(actor=reader, order_id=row.pk, wording=OTHER, reason="遗漏右肺结节", seen=1)
    shown = query.shown(reader, row.pk)
    assert [str(v.stage) for v in shown.versions] == ["final", "amended"]
    assert shown.current == amended
    newest, oldest = query.history(shown.versions)
    assert "".join(p.text for p in newest.findings if p.kind != "added") == WORDS.findings
    assert newest.turned
    assert oldest.findings == []
    assert OutboxMessage.objects.filter(topic="exams.report").count() == 2
    assert Event.objects.filter(request_id=row.pk, kind="report.amended").count() == 1


def test_amending_asks_for_a_reason_and_a_difference(here: Room) -> None:
    """No reason, nothing different, not signed, an old page, a resident: each is refused and nothing is added."""
    reader, resident = here.reader(), here.reader(grade="resident")
    row, unsigned = here.signed(reader), here.reading()
    with pytest.raises(InvalidInput, match="reason_missing"):
        actions.amend(actor=reader, order_id=row.pk, wording=OTHER, reason="")
    with pytest.raises(Conflict, match="report_same"):
        actions.amend(actor=reader, order_id=row.pk, wording=WORDS, reason="x")
    with pytest.raises(Conflict, match="report_changed"):
        actions.amend(actor=reader, order_id=row.pk, wording=OTHER, reason="x", seen=7)
    with pytest.raises(Conflict, match="report_not_final"):
        actions.amend(actor=reader, order_id=unsigned.pk, wording=OTHER, reason="x")
    with pytest.raises(Conflict, match="report_grade"):
        actions.amend(actor=resident, order_id=row.pk, wording=OTHER, reason="x")
    assert Report.objects.count() == 1


def test_an_addendum_stands_below_the_report(here: Room) -> None:
    """What is added is its own version; the report that counts stays the same."""
    reader = here.reader()
    row = here.signed(reader)
    actions.add(actor=reader, order_id=row.pk, text="与旧片对比,无变化。")
    shown = query.shown(reader, row.pk)
    assert shown.current.stage == "final"
    assert [a.findings for a in shown.addenda] == ["与旧片对比,无变化。"]


def test_versions_cannot_be_changed(here: Room) -> None:
    """The database refuses to change or remove a version, whoever asks; without the trigger it would not."""
    row = here.signed(here.reader())
    for sql in (
        "UPDATE exams_report SET impression = 'x'",
        "UPDATE exams_report SET positive = true, findings = '', impression = '', reason = '', answers = '{}'",
        "DELETE FROM exams_report",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert query.versions(row.pk).get().impression == WORDS.impression
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE exams_report DISABLE TRIGGER report_append_only")
        cursor.execute("UPDATE exams_report SET impression = 'x'")
    assert query.versions(row.pk).get().impression == "x"


def test_erasing_a_person_empties_the_words_and_keeps_the_figures(here: Room) -> None:
    """Texts go, times and who signed stay."""
    row = here.signed(here.reader())
    erase(actor=SYSTEM, patient_id=row.order.request.patient_id, reason="asked for it")
    kept = query.versions(row.pk).get()
    assert (kept.findings, kept.impression, kept.positive, kept.signed_at) == ("", "", False, NOON)


def test_the_ordering_hospital_and_the_centre_read_a_report(here: Room) -> None:
    """A doctor there and the readers see it; another hospital's do not know that it exists."""
    from yipan.base.access import Role

    reader = here.reader()
    row = here.signed(reader)
    assert query.shown(here.network.actor(Role.DOCTOR), row.pk).is_final
    assert query.shown(reader, row.pk).is_final
    for stranger in (room().network.actor(Role.DOCTOR), room().reader()):
        with pytest.raises(NotFound):
            query.shown(stranger, row.pk)
    with pytest.raises(Refused):
        query.shown(here.network.actor(Role.INTEGRATOR), row.pk)


def test_a_signed_report_is_a_result_of_the_place_that_examined(here: Room) -> None:
    """What the outbox does with it: findings and impression can be recognised, an amendment replaces them, and the same
    wish twice changes nothing."""
    reader, row = here.reader(), here.reading()
    actions.claim(actor=reader, order_id=row.pk)
    actions.sign(actor=reader, order_id=row.pk, wording=WORDS)
    assert outbox.relay_once() >= 1
    kept = Result.objects.filter(request_id=row.pk, superseded_at=None).order_by("position")
    assert [(r.key, r.text, r.status) for r in kept] == [
        ("findings", WORDS.findings, "F"),
        ("impression", WORDS.impression, "F"),
    ]
    device = Booking.objects.get(request_id=row.pk, capacity__kind="device")
    assert {(r.item_id, r.site_id) for r in kept} == {(row.order.item_id, device.capacity.site_id)}
    actions.amend(actor=reader, order_id=row.pk, wording=OTHER, reason="复核")
    outbox.relay_once()
    assert {(r.text, r.status, r.flags) for r in kept.all()} == {
        (OTHER.findings, "C", "A"),
        (OTHER.impression, "C", "A"),
    }
    before = Result.objects.count()
    tasks.keep_report("again", {"report": str(Report.objects.latest("written_at").pk)})
    assert Result.objects.count() == before == 4
