"""What the worker does on time: deadlines, the way down; rules as data; and what the figures count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yipan.base.access import SYSTEM
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, Refused
from yipan.lines.referrals import actions, policy, tasks
from yipan.lines.referrals.models import Candidate, Referral
from yipan.lines.referrals.policy import Direction, Inpatient, rules
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.queries import figures, lists
from yipan.lines.referrals.tests.world import build, facts, outpost, sent
from yipan.spine import registry
from yipan.spine.models import Event
from yipan.spine.stays import Stay
from yipan.spine.testing import NOON, hours, patient, request_for

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
STROKE = Inpatient("I63.9", 9.0, "general", "2")


@pytest.fixture(autouse=True)
def noon():
    with clock.using(clock.FrozenClock(NOON)) as stopped:
        yield stopped


@pytest.fixture
def world():
    return build()


def calls(found):
    return [
        e.data["level"] for e in Event.objects.filter(request_id=found.pk, kind="referral.escalated").order_by("id")
    ]


def test_an_emergency_that_nobody_answers_is_called_out(world, noon):
    """After ten minutes once, after twenty once more, louder; never again, and not after the answer."""
    found = sent(world, facts=facts(urgency="emergency"))
    noon.advance(timedelta(minutes=10))
    assert tasks.escalate() == 0
    noon.advance(timedelta(minutes=1))
    assert (tasks.escalate(), tasks.escalate()) == (1, 0)
    noon.advance(timedelta(minutes=10))
    assert (tasks.escalate(), tasks.escalate()) == (1, 0)
    assert calls(found) == [1, 2]
    assert lists.waiting(world.desk) == 1
    actions.accept_referral(actor=world.desk, referral_id=found.pk)
    assert (tasks.escalate(), lists.waiting(world.desk)) == (0, 0)


def test_rules_are_data(world, noon):
    """The nearest organisation that wrote rules decides; a wrong text is refused with the place and changes nothing."""
    text = rules.default_text().replace("answer = 10 ", "answer = 60 ")
    with pytest.raises(Refused):
        actions.set_rules(actor=world.desk, organisation_id=world.county.organisation.pk, text=text)
    for wrong, where in (
        ("x = [", "Invalid"),
        (text.replace("answer = 60", "answer = 0"), "deadlines.emergency.answer"),
        (text.replace("days = 7\nseverity", "days = -1\nseverity"), "criteria 1.days"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            actions.set_rules(actor=world.manager, organisation_id=world.county.organisation.pk, text=wrong)
        assert refusal.value.params["where"].startswith(where)
    actions.set_rules(actor=world.manager, organisation_id=world.county.organisation.pk, text=text)
    sent(world, facts=facts(urgency="emergency"))
    noon.advance(timedelta(minutes=30))
    assert tasks.escalate() == 0
    actions.set_rules(actor=world.manager, organisation_id=world.county.organisation.pk, text="")
    assert tasks.escalate() == 1


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ({"diagnosis_code": "C34.1"}, "down_diagnosis"),
        ({"days": 6.9}, "down_days"),
        ({"severity": "serious"}, "down_severity"),
        ({"nursing_level": "1"}, "down_nursing"),
        ({"ventilator": True}, "down_ventilator"),
        ({"isolation": "contact"}, "down_isolation"),
    ],
)
def test_every_condition_counts(changed, broken):
    """A stroke patient after a week who is stable is proposed; one condition less and the verdict names it."""
    criteria = rules.defaults().criteria
    found = policy.met(criteria, STROKE)
    assert found is not None
    assert found[0].code == "stroke"
    told = {name: getattr(STROKE, name) for name in Inpatient.__dataclass_fields__}
    who = Inpatient(**{**told, **changed})
    assert policy.met(criteria, who) is None
    assert [v.code for v in policy.judge(criteria[0], who) if not v.holds] == [broken]


def lies(world, monkeypatch, who=None, **changed):
    """Somebody in a bed, as another line tells it."""
    request = request_for(world.county, "neurology", who or patient())
    told = {
        "request_id": request.pk,
        "patient_id": request.patient_id,
        "department_id": world.neurology.pk,
        "site_id": world.county.site.pk,
        "since": NOON - 9 * DAY,
        "diagnosis_code": "I63.9",
        "severity": "general",
        "nursing_level": "2",
    }
    stay = Stay(**{**told, **changed})
    line = registry.Line(code="beds", name="Beds", stays=lambda *, at: [stay])
    monkeypatch.setattr(registry, "_lines", {**registry._lines, "beds": line})
    return request


def test_proposed_once_each_morning(world, noon, monkeypatch):
    """Who meets the criteria is proposed to the hospital that sent them; once, and never before the morning."""
    hub = build(kind="hub")
    who = patient()
    up = sent(
        world,
        who,
        actor=hub.county.actor("doctor"),
        from_department_id=hub.neurology.pk,
        facts=facts(diagnosis_code="I63.9"),
    )
    actions.refuse_referral(actor=world.desk, referral_id=up.pk, reason="no_capacity")
    lies(world, monkeypatch, who)
    with clock.using(clock.FrozenClock(NOON - hours(10))):
        assert tasks.propose() == 0
    assert (tasks.propose(), tasks.propose()) == (1, 0)
    row = Candidate.objects.get()
    assert (row.criterion, row.target_id) == ("stroke", hub.neurology.pk)
    assert Event.objects.filter(kind="referral.candidate", request_id=row.request_id).count() == 1


def test_decided_once(world, monkeypatch):
    """A proposal is dismissed with a reason or becomes a referral with plan and tasks; then it is decided."""
    lower = outpost("township_centre")
    request = lies(world, monkeypatch)
    row = Candidate.objects.create(request=request, criterion="stroke", target=lower, proposed_at=NOON)
    with pytest.raises(InvalidInput):
        actions.dismiss_candidate(actor=world.desk, candidate_id=row.pk, reason=" ")
    with pytest.raises(Refused):
        actions.dismiss_candidate(actor=world.outsider, candidate_id=row.pk, reason="x")
    made = actions.refer_candidate(
        actor=world.desk,
        candidate_id=row.pk,
        to_department_id=lower.pk,
        facts=facts(diagnosis_code="I69.3", summary={"reason": "recovering", "plan": "walk"}),
        tasks=[{"kind": "test", "title": "lipids", "due_on": date(2026, 4, 1)}],
    )
    assert (made.state, made.tasks.count()) == ("sent", 1)
    with pytest.raises(Conflict):
        actions.dismiss_candidate(actor=world.desk, candidate_id=row.pk, reason="stays")


def test_a_task_is_ticked_off_once_by_the_lower_hospital(world):
    """Only the receiver ticks tasks off; a second time is told by whom it was done."""
    found = sent(world)
    (task,) = actions.plan_tasks(
        actor=world.doctor,
        referral_id=found.pk,
        tasks=[{"kind": "call", "title": "call", "due_on": date(2026, 3, 9)}],
    )
    with pytest.raises(Refused):
        actions.tick_task(actor=world.doctor, task_id=task.pk)
    actions.tick_task(actor=world.desk, task_id=task.pk, result="well")
    with pytest.raises(Conflict) as conflict:
        actions.tick_task(actor=world.desk, task_id=task.pk)
    assert conflict.value.params["by"] == world.desk.name


def test_what_the_figures_count(world, noon):
    """Counts by direction, refusals with reasons, ordered share, and the return rate with numerator and denominator."""
    who = patient()
    down = sent(
        world,
        who,
        actor=world.desk,
        from_department_id=world.neurology.pk,
        to_department_id=world.village.pk,
        facts=facts(diagnosis_code="I69.3"),
    )
    actions.accept_referral(actor=world.doctor, referral_id=down.pk)
    noon.advance(hours(2))
    actions.arrive(actor=world.doctor, referral_id=down.pk)
    noon.advance(5 * DAY)
    back = sent(world, who)
    other = sent(world)
    actions.refuse_referral(actor=world.desk, referral_id=other.pk, reason="no_capacity")
    found = figures.lives(world.desk, date(2026, 3, 1), date(2026, 3, 31))
    made = figures.figures(found, [])
    assert made.by_direction == {Direction.UP: 2, Direction.DOWN: 1, Direction.SIDEWAYS: 0}
    assert (made.refusals, made.answered) == ({"no_capacity": 1}, 2)
    assert (made.ordered, made.arrived_above) == (0, 0)
    assert (made.returned, made.went_down) == (1, 1)
    assert made.minutes["arrive"] == 7200
    assert figures.lives(world.outsider, date(2026, 3, 1), date(2026, 3, 31)) == []
    assert known.with_state(Referral.objects.filter(pk=back.pk)).get().state == "sent"


@pytest.mark.parametrize(
    ("ends", "pathway", "ordered"),
    [
        (("village_clinic", "township_centre"), "", True),
        (("township_centre", "general_hospital"), "", True),
        (("general_hospital", "tertiary_hospital"), "", True),
        (("village_clinic", "tertiary_hospital"), "", False),
        (("village_clinic", "tertiary_hospital"), "stroke", True),
    ],
)
def test_ordered_is_level_by_level(ends, pathway, ordered):
    """Past the county's hospitals only a green channel leads in order."""
    life = figures.Life(1, 1, 1, 1, *ends, pathway, NOON, NOON, NOON, None, None)
    assert life.ordered is ordered


def test_clocks_run_are_met_and_missed():
    """A milestone's clock begins with the one before it; on the last minute it is met, later missed."""
    stroke = policy.PATHWAYS["stroke"]

    def standing(times, at):
        return {c.milestone.code: c.standing.value for c in policy.clocks(stroke, times, at)}

    door = {"door": NOON}
    assert standing({}, NOON)["needle"] == "open"
    assert standing(door, NOON + timedelta(minutes=60))["needle"] == "running"
    assert standing(door, NOON + timedelta(minutes=61))["needle"] == "late"
    assert standing({**door, "needle": NOON + timedelta(minutes=60)}, NOON + DAY)["needle"] == "met"
    assert standing({**door, "ct": NOON + timedelta(minutes=26)}, NOON + DAY)["ct"] == "missed"


def test_milestones_can_be_corrected_and_not_invented(world):
    """A time is corrected with the old one kept in the event; the future, the door and unknown ones are refused."""
    found = sent(world, facts=facts(pathway="stroke"))
    actions.mark_milestone(actor=world.doctor, referral_id=found.pk, code="onset", at=NOON - hours(2))
    actions.mark_milestone(actor=world.doctor, referral_id=found.pk, code="onset", at=NOON - hours(1))
    last = Event.objects.filter(kind="referral.milestone", request_id=found.pk).last()
    assert last.data["before"] == (NOON - hours(2)).isoformat()
    for code, at in (("door", NOON), ("ecg", NOON), ("ct", NOON + hours(1))):
        with pytest.raises(InvalidInput):
            actions.mark_milestone(actor=SYSTEM, referral_id=found.pk, code=code, at=at)
    assert found.marks.count() == 1
