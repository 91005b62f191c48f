"""From the scanner to a reader's desk: given to a centre once, read by one at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yipan.base.access import SYSTEM, Role
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from yipan.lines.exams import actions, tasks
from yipan.lines.exams.models import Coverage, Reading, ReadingClaim
from yipan.lines.exams.queries import reading as query
from yipan.lines.exams.queries.reading import Wanted
from yipan.lines.exams.tests.readers import MINUTE, WORDS, Room, room
from yipan.spine.models import Event
from yipan.spine.testing import NOON, small_network

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Room:
    return room()


@pytest.fixture(autouse=True)
def at_noon() -> object:
    with clock.using(FrozenClock(NOON)) as still:
        yield still


def kinds(row: Reading) -> list[str]:
    return list(Event.objects.filter(request_id=row.pk, line="exams").order_by("id").values_list("kind", flat=True))


def test_performed_is_given_to_the_centre_once(here: Room) -> None:
    """The worker gives a performed ECG to its centre with a deadline of ten minutes, and never twice."""
    order = here.order("ecg", priority="emergency")
    assert tasks.give_to_readers() == 1
    assert tasks.give_to_readers() == 0
    row = Reading.objects.get(pk=order.pk)
    assert (row.centre, row.urgency) == (here.centre, "emergency")
    assert row.due_at - row.performed_at == 10 * MINUTE
    assert actions.ask_for_reading(actor=SYSTEM, order_id=order.pk) == row
    assert kinds(row).count("reading.asked") == 1


def test_the_laboratory_is_not_read(here: Room) -> None:
    """Numbers need no reader."""
    assert actions.ask_for_reading(actor=SYSTEM, order_id=here.order("laboratory").pk) is None
    assert tasks.give_to_readers() == 0


def test_a_centre_reads_for_another_hospital(here: Room) -> None:
    """What a centre covers comes to it from the other hospital; the rest that hospital reads itself."""
    other = small_network()
    Coverage.objects.create(centre=here.centre, site=other.site, category="imaging")
    assert here.reading("imaging", network=other).centre == here.centre
    own = here.reading("ecg", network=other).centre
    assert own.site == other.site


def test_worklist_is_in_the_order_of_the_policy(here: Room) -> None:
    """The database sorts as the policy does: the emergency first, then whose deadline is nearer."""
    reader = here.reader()
    late = here.reading("imaging", at=NOON - timedelta(days=2))
    soon = here.reading("ecg", at=NOON)
    emergency = here.reading("imaging", priority="emergency", at=NOON)
    found = list(query.open_readings(reader, here.centre.pk).values_list("pk", flat=True))
    assert found == [emergency.pk, late.pk, soon.pk]
    told = query.counts(reader, here.centre.pk, NOON)
    assert (told["all"], told["late"], told["emergency"]) == (3, 1, 1)


def test_one_reader_at_a_time(here: Room) -> None:
    """The second reader is told who has it, and nothing changes; after it is put back they can take it."""
    first, second, row = here.reader("沈清"), here.reader(), here.reading()
    actions.claim(actor=first, order_id=row.pk)
    with pytest.raises(Conflict, match="reading_taken") as refused:
        actions.claim(actor=second, order_id=row.pk)
    assert refused.value.params["by"] == "沈清"
    assert ReadingClaim.objects.get(pk=row.pk).reader == here.of(first)
    with pytest.raises(Conflict, match="reading_not_yours"):
        actions.give_back(actor=second, order_id=row.pk)
    actions.give_back(actor=first, order_id=row.pk)
    actions.claim(actor=second, order_id=row.pk)
    assert kinds(row)[-3:] == ["reading.claimed", "reading.given_back", "reading.claimed"]


def test_taking_over_needs_a_reason_and_is_written_down(here: Room) -> None:
    """A colleague's reading is taken over with a reason, which the journal keeps."""
    first, second, row = here.reader(), here.reader(), here.reading()
    actions.claim(actor=first, order_id=row.pk)
    with pytest.raises(InvalidInput, match="reason_missing"):
        actions.take_over(actor=second, order_id=row.pk, reason=" ")
    assert ReadingClaim.objects.get(pk=row.pk).reader == here.of(first)
    actions.take_over(actor=second, order_id=row.pk, reason="会诊等结果")
    event = Event.objects.get(request_id=row.pk, kind="reading.taken_over")
    assert event.data["reason"] == "会诊等结果"
    assert event.data["before"] == str(here.of(first).pk)


def test_whoever_has_gone_does_not_keep_a_reading(here: Room, at_noon: FrozenClock) -> None:
    """Without a sign of life for 20 minutes a claim is released; with one it stays."""
    gone, working = here.reader(), here.reader()
    left, kept = here.reading(), here.reading()
    actions.claim(actor=gone, order_id=left.pk)
    actions.claim(actor=working, order_id=kept.pk)
    at_noon.advance(15 * MINUTE)
    actions.claim(actor=working, order_id=kept.pk)
    at_noon.advance(6 * MINUTE)
    assert tasks.release_claims() == 1
    assert list(ReadingClaim.objects.values_list("pk", flat=True)) == [kept.pk]
    assert kinds(left)[-1] == "reading.released"
    assert tasks.release_claims() == 0


def test_sub_specialty_is_kept_except_in_an_emergency(here: Room) -> None:
    """A chest reader does not take a head scan, unless it is an emergency that nobody may wait for."""
    chest = here.reader(specialties=("chest",))
    calm, urgent = here.reading("neuro"), here.reading("neuro", priority="emergency")
    with pytest.raises(Conflict, match="reading_specialty"):
        actions.claim(actor=chest, order_id=calm.pk)
    assert not ReadingClaim.objects.exists()
    actions.claim(actor=chest, order_id=urgent.pk)


def test_nobody_hoards(here: Room) -> None:
    """A reader who holds as many as the centre allows puts one back before taking another."""
    reader = here.reader()
    rows = [here.reading() for _ in range(5)]
    for row in rows[:4]:
        actions.claim(actor=reader, order_id=row.pk)
    with pytest.raises(Conflict, match="reading_many"):
        actions.claim(actor=reader, order_id=rows[4].pk)
    assert ReadingClaim.objects.count() == 4


def test_next_is_what_is_held_then_what_is_suggested(here: Room) -> None:
    """The next examination is the one in hand; without one, the share of the work that is suggested to this reader."""
    first, second = here.reader(), here.reader()
    rows = [here.reading(at=NOON - n * MINUTE) for n in (3, 2)]
    told = query.suggestions(here.centre, NOON)
    mine = next(task for task, who in told.items() if who == here.of(second).pk)
    assert query.next_for(second, here.centre) == mine
    actions.claim(actor=second, order_id=mine)
    assert query.next_for(second, here.centre) == mine
    assert query.next_for(first, here.centre) == next(r.pk for r in rows if r.pk != mine)
    assert query.next_for(second, here.centre, after=mine) != mine


def test_off_duty_is_not_suggested(here: Room) -> None:
    """Going off duty takes somebody out of the suggestions at once; the hours end by themselves."""
    reader, row = here.reader(on_duty=False), here.reading()
    assert query.suggestions(here.centre, NOON) == {row.pk: None}
    actions.set_duty(actor=reader, centre_id=here.centre.pk, hours=8)
    assert query.suggestions(here.centre, NOON) == {row.pk: here.of(reader).pk}
    assert query.suggestions(here.centre, NOON + timedelta(hours=8)) == {row.pk: None}
    actions.set_duty(actor=reader, centre_id=here.centre.pk, hours=0)
    assert query.suggestions(here.centre, NOON) == {row.pk: None}


def test_filters(here: Room) -> None:
    """Mine, fitting, free, by category, urgency and number."""
    reader = here.reader(specialties=("neuro",))
    head, chest = here.reading("neuro"), here.reading("imaging", priority="emergency")
    ecg = here.reading("ecg")
    actions.claim(actor=reader, order_id=head.pk)

    def found(**wanted: str) -> set:
        return set(query.open_readings(reader, here.centre.pk, Wanted(**wanted)).values_list("pk", flat=True))

    assert found(whose="mine") == {head.pk}
    assert found(whose="free") == {chest.pk, ecg.pk}
    assert found(whose="fitting") == {head.pk, chest.pk, ecg.pk}
    assert found(category="ecg") == {ecg.pk}
    assert found(urgency="emergency") == {chest.pk}
    assert found(text=ecg.order.accession) == {ecg.pk}


def test_only_readers_of_the_centre_see_and_take(here: Room) -> None:
    """A reader of another hospital sees nothing here, and a doctor of this one cannot take a reading."""
    elsewhere, row = room().reader(), here.reading()
    assert not query.open_readings(elsewhere, here.centre.pk).exists()
    with pytest.raises(NotFound):
        actions.claim(actor=elsewhere, order_id=row.pk)
    with pytest.raises(Refused):
        actions.claim(actor=here.network.actor(Role.DOCTOR), order_id=row.pk)
    with pytest.raises(Conflict, match="reader_unknown"):
        actions.claim(actor=here.network.actor(Role.READER), order_id=row.pk)
    assert not ReadingClaim.objects.exists()


def test_what_is_signed_is_not_taken_again(here: Room) -> None:
    """A signed examination has left the worklist and cannot be claimed."""
    reader = here.reader()
    row = here.signed(reader)
    assert not query.open_readings(reader, here.centre.pk).exists()
    with pytest.raises(Conflict, match="reading_done"):
        actions.claim(actor=reader, order_id=row.pk)
    with pytest.raises(Conflict, match="reading_done"):
        actions.save_preliminary(actor=reader, order_id=row.pk, wording=WORDS)
