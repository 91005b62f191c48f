"""What the worker does for referrals on time: escalate, follow patients into their beds, propose the way down."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef

from yipan.base.access import SYSTEM
from yipan.base.network.models import Department, Site
from yipan.kernel import clock
from yipan.lines.referrals import actions, policy
from yipan.lines.referrals.actions import stepping
from yipan.lines.referrals.models import Candidate, Referral
from yipan.lines.referrals.policy import Criterion, Inpatient, Rules, Side, State, Verdict
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.queries import targets
from yipan.spine import stays
from yipan.spine.events import Happening, record
from yipan.spine.models import Booking, Event
from yipan.spine.states import State as BookingState

MORNING = time(6, 0)
"""From when on each day the way down is proposed, by the clock of the site."""

COMING = (State.ACCEPTED, State.BOOKED, State.IN_TRANSIT)
RIDE = (
    ("transport.under_way", actions.depart, (State.ACCEPTED, State.BOOKED)),
    ("transport.handed_over", actions.arrive, COMING),
)
"""What is told of the reserved ambulance → the step of the referral that it is, in which states."""

WAITS_FOR = {State.SENT: Side.RECEIVER, State.RETURNED: Side.SENDER}


def escalate() -> int:
    """Call out for referrals whose deadline has passed, once; and once more, louder, after twice the time."""
    now, called = clock.now(), 0
    rules: dict[UUID, Rules] = {}
    waiting = known.with_state(Referral.objects.filter(ended_at=None).select_related(*known.ENDS))
    for found in waiting.exclude(state=State.DRAFTED):  # type: ignore[misc]
        receiver = found.to_department.site.organisation
        decided = rules.setdefault(receiver.pk, known.rules(receiver))
        if level := _level(found, decided, now):
            called += _call(found.pk, str(found.state), found.since, level)  # type: ignore[attr-defined]
    return called


def follow() -> int:
    """Let referrals follow their patients: with the reserved ambulance, and into the reserved bed. How many steps."""
    return _with_the_ambulance() + _into_the_bed()


def _with_the_ambulance() -> int:
    """What its crew told: under way with the patient, or handed over, which is the arrival."""
    rows = known.with_state(Referral.objects.filter(ended_at=None)).filter(state__in=COMING)  # type: ignore[misc]
    followed = 0
    for pk, told in known.carried(rows.values_list("pk", flat=True)).items():
        for kind, take, states in RIDE:
            if kind not in told:
                continue
            with transaction.atomic():
                found = known.locked(pk)
                if found.state in states:  # type: ignore[attr-defined]
                    take(actor=SYSTEM, referral_id=pk, at=max(told[kind], found.since))  # type: ignore[attr-defined]
                    followed += 1
    return followed


def _into_the_bed() -> int:
    inside = Booking.objects.filter(
        state=BookingState.ACTIVE, body=True, request__parent=OuterRef("pk"), purpose="care"
    )
    rows = known.with_state(Referral.objects.filter(Exists(inside), ended_at=None)).filter(state__in=COMING)  # type: ignore[misc]
    followed = 0
    for pk in list(rows.values_list("pk", flat=True)):
        with transaction.atomic():
            found = known.locked(pk)
            if found.state in COMING:  # type: ignore[attr-defined]
                arrived = Booking.objects.filter(state=BookingState.ACTIVE, body=True, request__parent=pk)
                at = max(min(row.start for row in arrived), found.since)  # type: ignore[attr-defined]
                actions.arrive(actor=SYSTEM, referral_id=pk, at=min(at, clock.now()))
                followed += 1
    return followed


def propose() -> int:
    """Each morning: who could go on at a lower hospital. Once for each stay, whatever was decided then."""
    now, made, where = clock.now(), 0, _Targets()
    sites = {site.pk: site for site in Site.objects.select_related("organisation")}
    rules = {pk: known.rules(site.organisation) for pk, site in sites.items()}
    proposed = set(Candidate.objects.values_list("request_id", flat=True))
    for stay in stays.lying(at=now):
        site = sites[stay.site_id]
        local = now.astimezone(ZoneInfo(site.time_zone))
        if stay.request_id in proposed or local.time() < MORNING or policy.RANKS[site.organisation.kind] < 2:
            continue
        judged = policy.met(rules[site.pk].criteria, _inpatient(stay, now))
        if judged is not None:
            made += _candidate(stay, site, *judged, where.best(site, stay), now)
    return made


def _level(found: Referral, decided: Rules, now: datetime) -> int:
    due = known.due_of(found, decided)
    if due is None or now <= due:
        return 0
    allowed = due - found.since  # type: ignore[attr-defined]
    return 2 if now > found.since + allowed * decided.escalate else 1  # type: ignore[attr-defined]


def _call(referral_id: UUID, state: str, since: datetime, level: int) -> int:
    """Write the call down, unless it was; the referral must still stand where it did."""
    with transaction.atomic():
        found = known.locked(referral_id)
        if found.state != state or found.since != since:  # type: ignore[attr-defined]
            return 0
        before = Event.objects.filter(request_id=referral_id, kind="referral.escalated", at__gt=since)
        if any(event.data.get("level", 0) >= level for event in before):
            return 0
        side = WAITS_FOR.get(State(state), Side.RECEIVER)
        stepping.tell(SYSTEM, found, "escalated", side, clock.now(), level=level, state=state)
    return 1


def _inpatient(stay: stays.Stay, now: datetime) -> Inpatient:
    return Inpatient(
        diagnosis_code=stay.diagnosis_code,
        days=(now - stay.since).total_seconds() / 86400,
        severity=stay.severity,
        nursing_level=stay.nursing_level,
        isolation=stay.isolation,
        ventilator=stay.ventilator,
    )


def _candidate(
    stay: stays.Stay,
    site: Site,
    criterion: Criterion,
    verdicts: list[Verdict],
    target: Department | None,
    now: datetime,
) -> int:
    if target is None:
        return 0
    told = [{"code": v.code, "found": v.found} for v in verdicts]
    with transaction.atomic():
        row, new = Candidate.objects.get_or_create(
            request_id=stay.request_id,
            defaults={"criterion": criterion.code, "verdicts": told, "target": target, "proposed_at": now},
        )
        if new:
            happening = Happening(
                "referral.candidate",
                "referrals",
                request_id=stay.request_id,
                patient_id=stay.patient_id,
                site_id=site.pk,
                data={"candidate": str(row.pk), "criterion": criterion.code},
            )
            record(SYSTEM, [happening])
    return int(new)


class _Targets:
    """Where patients may go on, looked up once for each site and department."""

    def __init__(self) -> None:
        self._nearest: dict[tuple[UUID, UUID], Department | None] = {}

    def best(self, site: Site, stay: stays.Stay) -> Department | None:
        return targets.came_from(site, stay.patient_id) or self._near(site, stay.department_id)

    def _near(self, site: Site, department_id: UUID) -> Department | None:
        key = (site.pk, department_id)
        if key not in self._nearest:
            specialty = Department.objects.values_list("specialty_id", flat=True).get(pk=department_id)
            self._nearest[key] = next(iter(targets.nearest(site, specialty)), None)
        return self._nearest[key]
