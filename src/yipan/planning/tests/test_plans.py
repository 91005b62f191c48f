"""A plan is made from what is so, says what has changed, and becomes holds one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from yipan.base.access import SYSTEM, Role
from yipan.base.network.models import Alliance, Bed, Policy
from yipan.engine.placement.codes import Refusal
from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from yipan.lines.beds import actions as beds
from yipan.lines.beds.queries import proposals
from yipan.lines.beds.tests.busy import ask, lie
from yipan.planning import queries
from yipan.planning.actions import accept, start_run, stop_run
from yipan.planning.models import Kind, Proposal, Run, Status
from yipan.planning.tasks import make_plan
from yipan.planning.tests.conftest import DAY, Ward
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.models import Booking
from yipan.spine.testing import NOON, hours, small_network


def codes(run: Run) -> list[list[str]]:
    """What has changed about each proposal, by code."""
    whole = queries.whole(SYSTEM, run)
    return [[change.code for change in shown.changes] for shown in whole.proposals]


def all_of(run: Run) -> dict[object, str]:
    """Every proposal, with what has changed about it as seen now."""
    return {shown.row.id: shown.seen for shown in queries.whole(SYSTEM, run).proposals}


def test_a_plan_is_made_and_told(ward: Ward) -> None:
    """Two men come tomorrow into beds that are left in the morning; the run keeps cost, counts, wards and reasons."""
    run = ward.plan()
    assert (run.status, run.reason) == (Status.DONE, "optimal")
    assert run.counts == {"waiting": 2, "later": 0, "outliers": 0, "placed": 2, "unplaced": 0, "moved": 0}
    assert run.cost == pytest.approx(sum(run.components.values()), abs=0.05)
    assert len(run.fingerprint) == 64
    rows = ward.proposals(run)
    assert [row.start for row in rows] == [NOON + hours(26)] * 2
    assert [row.end - row.start for row in rows] == [5 * DAY] * 2
    for row in rows:
        assert (row.kind, row.tier) == (Kind.ADMISSION, "own")
        assert row.reasons[0]["code"] == "plan_day_wished"
        assert len(row.reasons) >= 4
        assert [told["announced"] for told in row.relies] == [False]
    home = next(w for w in run.wards if w["ward"] == str(ward.network.wards["neurology"].pk))
    assert (home["open"][0], home["before"][:2], home["after"][:2]) == (4, [4, 0], [4, 2])


def test_accepting_all_holds_every_bed(ward: Ward) -> None:
    """Each accepted proposal becomes a hold of its bed from its hour on, though nobody has announced a discharge."""
    run = ward.plan()
    answers = accept(actor=ward.network.actor(Role.COORDINATOR), run_id=run.id, chosen=all_of(run))
    assert [answer.code for answer in answers] == ["", ""]
    for row in ward.proposals(run):
        assert row.held is not None
        assert (row.held.state, row.held.capacity_id) == ("held", row.bed_id)
        assert (row.held.start, row.held.end) == (row.start, row.end)
        assert row.held.expires_at is not None
        assert row.held.expires_at > row.start
        assert row.decided_by == "tester"


def test_accepting_some_leaves_the_others(ward: Ward) -> None:
    """What was not chosen is still open, and nothing is held for it."""
    run = ward.plan()
    first, second = ward.proposals(run)
    accept(actor=ward.network.actor(Role.COORDINATOR), run_id=run.id, chosen={first.id: "-"})
    assert Booking.objects.filter(request_id=second.request_id).count() == 0
    assert [shown.is_open for shown in queries.whole(SYSTEM, run).proposals if shown.row.id == second.id] == [True]


def test_accepting_none_changes_nothing(ward: Ward) -> None:
    """No choice, no hold."""
    run, before = ward.plan(), Booking.objects.count()
    assert accept(actor=ward.network.actor(Role.COORDINATOR), run_id=run.id, chosen={}) == []
    assert Booking.objects.count() == before


def test_a_lost_race_leaves_the_others_be(ward: Ward) -> None:
    """One of two beds was taken by somebody else after the page was read: that one says so, the other is held."""
    run = ward.plan()
    chosen, (lost, won) = all_of(run), ward.proposals(run)
    other = ask(ward.network, name="先来")
    claim = Claim(lost.bed_id, other, lost.start, lost.end)
    booking.hold(claims=[claim], by=SYSTEM, keep=timedelta(days=2), at=NOON)
    answers = {a.proposal_id: a.code for a in accept(actor=SYSTEM, run_id=run.id, chosen=chosen)}
    assert answers == {lost.id: "plan_bed_refused", won.id: ""}
    lost.refresh_from_db()
    assert (lost.held, lost.answer) == (None, "plan_bed_refused")
    assert Booking.objects.filter(request_id=lost.request_id).count() == 0


def test_accepting_twice_holds_once(ward: Ward) -> None:
    """Two clicks on the same proposals make one hold each."""
    run = ward.plan()
    for _ in range(2):
        assert {a.code for a in accept(actor=SYSTEM, run_id=run.id, chosen=all_of(run))} == {""}
    assert Booking.objects.filter(state="held").count() == 2


def test_two_coordinators_at_once_hold_once(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is overtaken by another's acceptance is refused, and the other's hold stays with the proposal."""
    run = ward.plan()
    first, _ = ward.proposals(run)
    hold = beds.hold_bed

    def overtaken(**wish: Any) -> Booking:
        monkeypatch.setattr(beds, "hold_bed", hold)
        assert [a.code for a in accept(actor=SYSTEM, run_id=run.id, chosen={first.id: "-"})] == [""]
        return hold(**wish)

    monkeypatch.setattr(beds, "hold_bed", overtaken)
    assert [a.code for a in accept(actor=SYSTEM, run_id=run.id, chosen={first.id: "-"})] == ["request_step"]
    first.refresh_from_db()
    assert first.held is not None
    assert first.held.state == "held"


def test_nothing_is_stale_at_first(ward: Ward) -> None:
    """A plan that was made a minute ago has no changes."""
    run = ward.plan()
    assert codes(run) == [[], []]
    assert queries.whole(SYSTEM, run).changed == ()


def _withdrawn(ward: Ward, row: Proposal) -> None:
    beds.cancel_request(actor=SYSTEM, request_id=row.request_id, reason="went home")


def _placed(ward: Ward, row: Proposal) -> None:
    beds.hold_bed(actor=SYSTEM, request_id=row.request_id, bed_id=ward.network.beds["neurosurgery"][0].id)


def _taken(ward: Ward, row: Proposal) -> None:
    claim = Claim(row.bed_id, ask(ward.network, name="先来"), row.start, row.end)
    booking.hold(claims=[claim], by=SYSTEM, keep=timedelta(days=2), at=NOON)


def _stays_longer(ward: Ward, row: Proposal) -> None:
    (stay,) = [s for s in ward.stays if s.capacity_id == row.bed_id]
    booking.announce_end(booking_id=stay.id, end=row.start + 3 * DAY, by=SYSTEM, at=NOON)


def _other_facts(ward: Ward, row: Proposal) -> None:
    beds.revise_request(actor=SYSTEM, request_id=row.request_id, changes={"nursing_level": "1"})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_withdrawn, "plan_request_cancelled"),
        (_placed, "plan_already_placed"),
        (_taken, "plan_bed_refused"),
        (_stays_longer, "plan_departure_moved"),
        (_other_facts, "plan_facts_changed"),
    ],
)
def test_what_changed_stands_beside_its_proposal(
    ward: Ward, change: Callable[[Ward, Proposal], None], told: str
) -> None:
    """Each assumption that no longer holds is named beside the proposal concerned, and beside no other."""
    run = ward.plan()
    first, second = ward.proposals(run)
    change(ward, first)
    found = {s.row.id: [c.code for c in s.changes] for s in queries.whole(SYSTEM, run).proposals}
    assert told in found[first.id]
    assert found[second.id] == []


@pytest.mark.parametrize("change", [_withdrawn, _placed, _taken, _stays_longer, _other_facts])
def test_what_changed_unseen_is_not_held(ward: Ward, change: Callable[[Ward, Proposal], None]) -> None:
    """A proposal whose page was read before the change is refused, nothing is held for it, and the other one is."""
    run = ward.plan()
    chosen, (first, second) = all_of(run), ward.proposals(run)
    change(ward, first)
    before = Booking.objects.filter(request_id=first.request_id).count()
    answers = {a.proposal_id: a.code for a in accept(actor=SYSTEM, run_id=run.id, chosen=chosen)}
    assert answers[first.id].startswith("plan_")
    assert answers[second.id] == ""
    assert Booking.objects.filter(request_id=first.request_id).count() == before


def test_a_change_that_was_seen_can_be_accepted(ward: Ward) -> None:
    """Whoever has read that the facts changed may hold the bed all the same, when the rules allow it."""
    run = ward.plan()
    first, _ = ward.proposals(run)
    _other_facts(ward, first)
    assert {a.code for a in accept(actor=SYSTEM, run_id=run.id, chosen=all_of(run))} == {""}


def test_network_and_policy_are_told_of_the_whole_plan(ward: Ward) -> None:
    """Another description of the network, or another policy, is said once for the plan."""
    run = ward.plan()
    Bed.objects.filter(pk=ward.network.beds["neurology"][0].pk).update(oxygen=False)
    Policy.objects.create(organisation=ward.network.organisation, version=1, body={})
    changed = {change.code for change in queries.whole(SYSTEM, run).changed}
    assert changed == {"plan_network_changed", "plan_policy_changed"}


def test_a_day_that_has_passed_can_no_longer_be_accepted(ward: Ward, time: FrozenClock) -> None:
    """After its hour a proposal is over."""
    run = ward.plan()
    time.advance(2 * DAY)
    assert [row[0] for row in codes(run)] == ["plan_day_passed"] * 2


def test_an_outlier_goes_home_and_stays_if_nobody_accepts(ward: Ward) -> None:
    """A patient of neurology in neurosurgery is proposed to go back; accepted, the move is held and the stay cut."""
    away = ask(ward.network, name="王外住")
    stay = lie(ward.network, ward.network.beds["neurosurgery"][0], away, since=NOON - DAY, until=NOON + 9 * DAY)
    run = ward.plan()
    (row,) = run.proposals.filter(stay=stay)
    assert (row.kind, row.tier, row.tier_before) == (Kind.REPATRIATION, "own", "allied")
    assert run.counts["moved"] == 1
    assert [a.code for a in accept(actor=SYSTEM, run_id=run.id, chosen={row.id: "-"})] == [""]
    row.refresh_from_db()
    stay.refresh_from_db()
    assert row.held is not None
    assert (row.held.previous_id, row.held.end, stay.end) == (stay.id, row.end, row.start)


def test_what_a_plan_proposes_placement_accepts(ward: Ward) -> None:
    """Every proposal is a bed that the desk's own judgement takes for that hour."""
    run = ward.plan()
    hours_ahead = proposals.Hours(NOON)
    for shown in queries.whole(SYSTEM, run).proposals:
        asked = hours_ahead.ask(shown.request, shown.row.start, shown.row.end, None)
        assert proposals.refusal_of(asked, shown.row.bed_id) is Refusal.NONE


def test_strangers_may_neither_see_nor_make_nor_accept(ward: Ward) -> None:
    """A coordinator of another hospital, and a nurse of this one, are refused, and nothing was changed."""
    run, abroad = ward.plan(), small_network(wards={"neurology": 2})
    before = Run.objects.count(), Booking.objects.count()
    for actor in (abroad.actor(Role.COORDINATOR), ward.network.actor(Role.WARD_NURSE)):
        with pytest.raises(Refused):
            queries.run_of(actor, run.id)
        with pytest.raises(Refused):
            start_run(actor=actor, organisation_id=ward.network.organisation.pk)
        with pytest.raises(Refused):
            accept(actor=actor, run_id=run.id, chosen=all_of(run))
        assert list(queries.runs(actor)) == []
    assert (Run.objects.count(), Booking.objects.count()) == before


def test_a_manager_has_plans_made_but_holds_nothing(ward: Ward) -> None:
    """Holding beds is the coordinator's; the manager reads."""
    run = ward.plan(Role.MANAGER)
    with pytest.raises(Refused):
        accept(actor=ward.network.actor(Role.MANAGER), run_id=run.id, chosen=all_of(run))
    assert Booking.objects.filter(state="held").count() == 0


def test_one_plan_at_a_time(ward: Ward) -> None:
    """While one is being made a second is refused; a finished one makes room; odd wishes are refused."""
    actor, where = ward.network.actor(Role.COORDINATOR), ward.network.organisation.pk
    run = start_run(actor=actor, organisation_id=where)
    with pytest.raises(Conflict, match="plan_under_way"):
        start_run(actor=actor, organisation_id=where)
    stop_run(actor=actor, run_id=run.id)
    make_plan.func(str(run.id))
    run.refresh_from_db()
    assert run.status == Status.DONE
    with pytest.raises(Conflict, match="plan_step"):
        stop_run(actor=actor, run_id=run.id)
    with pytest.raises(InvalidInput):
        start_run(actor=actor, organisation_id=where, days=3)
    with pytest.raises(NotFound):
        start_run(actor=actor, organisation_id=where, site_id=uuid4())


def test_a_place_without_beds_says_so(ward: Ward) -> None:
    """A plan for an organisation without beds fails with its reason."""
    empty = small_network(wards={"neurology": 0})
    run = start_run(actor=SYSTEM, organisation_id=empty.organisation.pk)
    make_plan.func(str(run.id))
    run.refresh_from_db()
    assert (run.status, run.failure) == (Status.FAILED, "plan_no_beds")


def test_a_job_done_twice_is_stored_once(ward: Ward) -> None:
    """A worker that died after storing leaves a plan that the second try does not make again."""
    run = ward.plan()
    make_plan.func(str(run.id))
    assert run.proposals.count() == 2


def test_a_bed_that_was_closed_says_so(ward: Ward) -> None:
    """A free bed that is closed after the plan was made is refused for its proposal, and nothing is held."""
    free = small_network(wards={"neurology": 1})
    ask(free, name="一人")
    run = start_run(actor=SYSTEM, organisation_id=free.organisation.pk, days=7)
    make_plan.func(str(run.id))
    run.refresh_from_db()
    (row,) = run.proposals.all()
    booking.close(capacity_ids=[row.bed_id], until=None, reason="repair", by=SYSTEM, at=NOON)
    assert codes(run) == [["plan_bed_refused"]]
    assert [a.code for a in accept(actor=SYSTEM, run_id=run.id, chosen=all_of(run))] == ["plan_bed_refused"]
    assert Booking.objects.filter(request_id=row.request_id).count() == 0


def test_an_outlier_who_has_left_is_not_moved(ward: Ward) -> None:
    """Once the patient has gone home, or was moved by somebody else, the proposal to move says so."""
    stays = [
        lie(ward.network, bed, ask(ward.network, name=name), since=NOON - DAY, until=NOON + 9 * DAY)
        for bed, name in zip(ward.network.beds["neurosurgery"], ("王外住", "李外住"), strict=True)
    ]
    run = ward.plan()
    gone, moved = (run.proposals.get(stay=stay) for stay in stays)
    booking.depart(booking_id=stays[0].id, turnover_length=timedelta(0), by=SYSTEM, at=NOON)
    claim = Claim(moved.bed_id, moved.request, moved.start, moved.end, previous_id=stays[1].id)
    booking.hold(claims=[claim], by=SYSTEM, keep=timedelta(days=2), at=NOON)
    found = {s.row.id: [c.code for c in s.changes] for s in queries.whole(SYSTEM, run).proposals}
    assert found[gone.id] == ["plan_patient_left"]
    assert found[moved.id] == ["plan_already_moving"]


def test_a_bed_freed_by_a_move_follows_the_move(ward: Ward) -> None:
    """Somebody who needs the bed of an outlier is held after the outlier's move, and refused without it."""
    own = small_network(wards={"neurology": 2, "neurosurgery": 1})
    home, host = own.departments["neurology"], own.departments["neurosurgery"]
    Alliance.objects.create(department=home, ally=host, rank=1)
    away = ask(own, name="王外住")
    stay = lie(own, own.beds["neurosurgery"][0], away, since=NOON - DAY, until=NOON + 12 * DAY)
    needs = ask(own, "neurosurgery", name="赵需床", priority="emergency", expected_days=3, severity="serious")
    run = start_run(actor=SYSTEM, organisation_id=own.organisation.pk, days=7)
    make_plan.func(str(run.id))
    run.refresh_from_db()
    move, admission = run.proposals.get(stay=stay), run.proposals.get(request=needs)
    assert admission.after_id == away.id
    assert codes(run) == [[], []]
    assert [a.code for a in accept(actor=SYSTEM, run_id=run.id, chosen={admission.id: "-"})] == ["bed_refused"]
    chosen = {move.id: "-", admission.id: "-"}
    assert {a.code for a in accept(actor=SYSTEM, run_id=run.id, chosen=chosen)} == {""}
