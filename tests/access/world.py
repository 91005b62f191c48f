"""A hospital with one object of every kind that an address or an action can name, and people of every role."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from tests.access.rules import Somebody
from tests.journeys import hospital as hospitals
from yipan.base.access import SYSTEM, Actor
from yipan.base.access.models import EmergencyAccess, Grant
from yipan.base.access.queries import actor_of
from yipan.base.network.models import Department, Organisation, Site, Ward
from yipan.base.network.models.uploads import Upload
from yipan.base.patients import actions as patients
from yipan.base.patients.models import DuplicateCandidate
from yipan.interop.models import InboundMessage, LocationAlias, OutboundMessage, Receiver, Source
from yipan.kernel import clock
from yipan.lines.appointments import actions as appointments
from yipan.lines.appointments.actions.clinics import ClinicFacts
from yipan.lines.beds.models import FollowUpCall, WardNotice
from yipan.lines.dispatch import actions as dispatch
from yipan.lines.dispatch.actions.requests import TransportFacts
from yipan.lines.exams import actions as exams
from yipan.lines.exams.actions.results import ToldReport, ToldValue
from yipan.lines.exams.models import (
    ControlMaterial,
    CriticalFinding,
    CriticalRule,
    ExamItem,
    ExamOrder,
    ItemCode,
    PeerReview,
    ReadingCentre,
    Result,
    Study,
)
from yipan.lines.exams.tests import radiology, readers
from yipan.lines.referrals import actions as referrals
from yipan.lines.referrals.actions.agreeing import Terms
from yipan.lines.referrals.models import Candidate
from yipan.lines.referrals.policy import Facts
from yipan.planning.models import Proposal, Run, Scenario
from yipan.spine.models import Booking
from yipan.spine.testing import SmallNetwork, small_network

UNCOUNTED = ("audit_entry", "django_session", "access_attempts")
"""What a refusal may write: the audit trail, and what counts attempts and use."""


@dataclass
class World:
    """Identifiers by name, as the tables of the walk use them."""

    ids: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Organisation] = field(default_factory=dict)
    wards: dict[str, Ward] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.ids[name]

    def user(self, who: Somebody) -> User:
        """A user who holds what this one of the walk holds."""
        hashed = User.objects.get(username="root").password
        user = User.objects.create(username=who.name.replace(" ", "."), first_name=who.name, password=hashed)
        Upload.objects.update(user_id=user.pk)  # an upload is its owner's only
        for held in who.holdings:
            ward = self.wards[held.ward] if held.ward else None
            Grant.objects.create(user=user, role=held.role, organisation=self.places[held.at], ward=ward)
        return user

    def actor(self, who: Somebody) -> Actor:
        from yipan.base.access import ANONYMOUS

        return actor_of(self.user(who)) if who.is_logged_in else ANONYMOUS

    def browser(self, who: Somebody) -> Client:
        client = Client(raise_request_exception=False, headers={"accept-language": "en"})
        if who.is_logged_in:
            client.force_login(self.user(who))
        return client


def build() -> World:
    """Make it."""
    hospital, other = hospitals.build(), small_network()
    host, stay = hospital.host, Booking.objects.get(capacity_id=hospital.bed_ids[5])
    world = World(
        places={"here": hospital.network.organisation, "elsewhere": other.organisation},
        wards={"the ward": host, "another ward": hospital.network.wards["dermatology"]},
    )
    second = Booking.objects.exclude(pk=stay.pk).first()
    assert second is not None
    world.ids = {
        "organisation": hospital.network.organisation,
        "organisation_id": hospital.network.organisation.pk,
        "site_code": hospital.network.site.code,
        "bed_code": hospital.bed(0).code,
        "site_id": hospital.network.site.pk,
        "department": hospital.network.departments["neurology"],
        "department_id": hospital.network.departments["neurology"].pk,
        "specialty": host.department.specialty.code,
        "ward": host,
        "ward_id": host.pk,
        "bed": hospital.bed(0),
        "bed_id": hospital.bed_ids[0],
        "room_id": hospital.bed(0).room_id,
        "request_id": hospital.waiting[0].pk,
        "stay": stay,
        "stay_id": stay.pk,
        "second_stay_id": second.pk,
        "stay_request_id": stay.request_id,
    }
    world.ids |= (
        _patients()
        | _accounts(world, stay)
        | _messages(hospital)
        | _notes(host, stay)
        | _plan(hospital)
        | _exams(hospital)
        | _reading(hospital)
        | _referrals(hospital, stay)
    )
    world.ids |= _clinics(hospital) | _rides(hospital)
    world.ids["result_id"] = _result(hospital.network, world["exam_item_id"], world["patient_id"])
    return world


def _patients() -> dict[str, Any]:
    """Two people who look alike, and two records that were merged."""
    first, twin, gone, kept = (hospitals.known(name) for name in ("钱学", "钱雪", "孙文", "孙雯"))
    left, right = sorted((first.pk, twin.pk))
    now = clock.now()
    told = {"score": 0.9, "created_at": now}
    pair, _ = DuplicateCandidate.objects.get_or_create(left_id=left, right_id=right, defaults=told)
    merge = patients.merge(actor=SYSTEM, survivor_id=kept.pk, retired_id=gone.pk, reason="test")
    return {"patient_id": first.pk, "twin_id": twin.pk, "pair_id": pair.pk, "merge_id": merge.pk}


def _accounts(world: World, stay: Booking) -> dict[str, Any]:
    """A user with a grant, and an emergency access that waits for its review."""
    user = User.objects.create(username="subject", password="!")
    grant = Grant.objects.create(user=user, role="doctor", organisation=world.places["here"])
    now = clock.now()
    opening = EmergencyAccess.objects.create(
        user=user, patient_id=uuid4(), reason="a good reason", at=now, until=now + timedelta(hours=1)
    )
    return {"user_id": user.pk, "grant_id": grant.pk, "opening_id": opening.pk}


def _messages(hospital: hospitals.Hospital) -> dict[str, Any]:
    """A sender with a named location, a message that waits, and an upload of network files."""
    source = Source.objects.get(organisation=hospital.network.organisation)
    alias = LocationAlias.objects.create(source=source, location="A^1^1", bed=hospital.bed(0))
    message = InboundMessage.objects.create(
        received_at=clock.now(),
        peer="127.0.0.1",
        source=source,
        digest="x" * 64,
        raw=b"MSH|^~\\&|HIS",
        state="waiting",
        error_code="bed_unknown",
    )
    receiver = Receiver.objects.create(name="LIS", organisation=source.organisation, host="127.0.0.1", port=1)
    states = (("C1", "waiting"), ("C2", "refused"))
    sent, refused = (
        OutboundMessage.objects.create(
            receiver=receiver,
            control_id=number,
            kind="ORU^R01",
            raw=b"MSH|^~\\&|YIPAN",
            state=state,
            created_at=clock.now(),
        )
        for number, state in states
    )
    upload = Upload.objects.create(name="x.toml", data=b"", network_version=0)
    ids = {"source_id": source.pk, "alias_id": alias.pk, "message_id": message.pk, "upload_id": upload.pk}
    return ids | {"receiver_id": receiver.pk, "sent_id": sent.pk, "refused_id": refused.pk}


def _notes(host: Ward, stay: Booking) -> dict[str, Any]:
    now = clock.now()
    call = FollowUpCall.objects.create(booking=stay, due_on=now.date())
    notice = WardNotice.objects.create(key="k", ward=host, kind="incoming", booking=stay, created_at=now)
    return {"call_id": call.pk, "notice_id": notice.pk}


def _clinics(hospital: hospitals.Hospital) -> dict[str, Any]:
    """A clinic of every day, somebody with a seat of tomorrow, and somebody who only asked for one."""
    today = clock.now().astimezone(ZoneInfo(hospital.network.site.time_zone)).date()
    facts = ClinicFacts(
        code="CLINIC",
        name="门诊",
        practitioner_id=hospital.attending.pk,
        department_id=hospital.network.departments["neurology"].pk,
        weekdays=tuple(range(1, 8)),
        starts=time(8),
        ends=time(12),
        first_day=today,
    )
    clinic = appointments.save_clinic(actor=SYSTEM, site_id=hospital.network.site.pk, written=facts)
    tomorrow = today + timedelta(days=1)
    start = datetime.combine(tomorrow, time(8), ZoneInfo(hospital.network.site.time_zone))
    who = {"actor": SYSTEM, "clinic_id": clinic.pk}
    kept = appointments.request_appointment(patient_id=hospitals.known("冯远征").pk, **who)
    seat = appointments.hold_seat(request_id=kept.pk, start=start, **who)
    asked = appointments.request_appointment(patient_id=hospitals.known("冯巩义").pk, **who)
    return {
        "clinic_id": clinic.pk,
        "clinic_facts": facts,
        "seat_id": seat.pk,
        "seat_start": start + timedelta(minutes=10),
        "seat_request_id": kept.pk,
        "asked_id": asked.pk,
        "tomorrow": tomorrow,
    }


def _rides(hospital: hospitals.Hospital) -> dict[str, Any]:
    """A vehicle, somebody whom it will carry, and somebody who only asked."""
    site = hospital.network.site
    town = Site.objects.create(
        code="TOWN", organisation=hospital.network.organisation, name="镇", latitude=30.2, longitude=110.1
    )
    vehicle = dispatch.save_vehicle(actor=SYSTEM, site_id=site.pk, call_sign="救 1")
    facts = TransportFacts(town.pk, site.pk)
    home = hospital.network.departments["neurology"].pk
    carry, trip = (
        dispatch.request_transport(
            actor=SYSTEM, patient_id=hospitals.known(name).pk, home_department_id=home, asked=facts
        )
        for name in ("陈远", "陈近")
    )
    row = dispatch.assign_vehicle(
        actor=SYSTEM, request_id=trip.pk, vehicle_id=vehicle.pk, leave=clock.now() + timedelta(hours=1)
    )
    return {
        "vehicle_id": vehicle.pk,
        "transport_facts": facts,
        "carry_id": carry.pk,
        "trip_id": row.pk,
        "trip_request_id": trip.pk,
    }


def _referrals(hospital: hospitals.Hospital, stay: Booking) -> dict[str, Any]:
    """A referral from an outpost of the hospital, with a task and a document; an agreement; a proposed patient."""
    here = hospital.network.organisation
    outpost = Organisation(code=f"{here.code}V", name="村卫生室", kind="village_clinic", parent=here)
    outpost.save()
    site = Site.objects.create(code=f"{here.code}VS", organisation=outpost, name="村卫生室")
    home = hospital.network.departments["neurology"]
    department = Department.objects.create(code=f"{here.code}VD", site=site, specialty=home.specialty, name="全科")
    told = {"from_department_id": department.pk, "to_department_id": home.pk}
    facts = Facts("I63.9", "脑梗死", "urgent", "stroke", {"reason": "x"})
    made = referrals.draft_referral(actor=SYSTEM, patient_id=hospitals.known("冯志明").pk, facts=facts, **told)
    (task,) = referrals.plan_tasks(
        actor=SYSTEM,
        referral_id=made.pk,
        tasks=[{"kind": "test", "title": "x", "due_on": clock.now().date()}],
    )
    document = referrals.add_document(actor=SYSTEM, referral_id=made.pk, name="x.pdf", content=b"%PDF-1.7")
    referrals.send_referral(actor=SYSTEM, referral_id=made.pk)
    terms = Terms(outpost.code, here.code, date(2026, 1, 1))
    agreement = referrals.save_agreement(actor=SYSTEM, terms=terms)
    candidate = Candidate.objects.create(
        request=stay.request, criterion="stroke", target=department, proposed_at=clock.now()
    )
    return {
        "referral_id": made.pk,
        "task_id": task.pk,
        "document_id": document.pk,
        "agreement_id": agreement.pk,
        "agreement_terms": replace(terms, direct=True),
        "agreement_rows": [terms],
        "candidate_id": candidate.pk,
        "outpost_id": department.pk,
        "outpost_code": outpost.code,
        "organisation_code": here.code,
        "nothing": None,
    }


def _plan(hospital: hospitals.Hospital) -> dict[str, Any]:
    """A plan that is being made, with a proposal for somebody who waits, and a scenario that somebody shared."""
    now, request = clock.now(), hospital.waiting[0]
    run = Run.objects.create(organisation=hospital.network.organisation, created_at=now, created_by="test")
    start = now + timedelta(days=1)
    times = {"start": start, "end": start + timedelta(days=3)}
    row = Proposal.objects.create(
        run=run, kind="admission", request=request, bed=hospital.bed(0), tier="allied", score=50, **times
    )
    scenario = Scenario.objects.create(
        organisation=hospital.network.organisation,
        created_at=now,
        created_by="test",
        days=14,
        seconds=30,
        penalty=0.23,
        shared=True,
    )
    return {"run_id": run.pk, "proposal_tick": f"{row.pk}:-", "scenario_id": scenario.pk}


def _exams(hospital: hospitals.Hospital) -> dict[str, Any]:
    """An item, a device that does it, a technician, an order for it that has its time, and a report that is told."""
    network, now = hospital.network, clock.now()
    item = ExamItem.objects.create(code="CT-HEAD", name="头颅CT", category="imaging", modality="CT", minutes=10)
    device = radiology.add_device(network, item, hours={})
    radiology.add_technician(network, item, hours={})
    who, home = hospitals.known("郑和"), network.departments["neurology"]
    order = exams.order_exam(actor=SYSTEM, patient_id=who.pk, item_id=item.pk, department_id=home.pk)
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    exams.schedule_exam(actor=SYSTEM, request_id=order.pk, device_id=device.pk, start=start)
    value = ToldValue(key="K", name="K", status="F", text="5.9")
    told = ToldReport(report="R1", path=network.organisation.path, source="LIS", performed_at=now, values=[value])
    return _studies(order.exam_order) | {
        "told_report": told,
        "exam_item_id": item.pk,
        "device_id": device.pk,
        "exam_order_id": order.pk,
        "exam_patient_id": who.pk,
        "exam_start": start + timedelta(hours=1),
        "exam_slot": f"{device.pk}|{start.isoformat()}",
    }


def _result(network: SmallNetwork, item_id: UUID, patient_id: UUID) -> UUID:
    """A result of the first patient, made here, where the item is under control."""
    now, site = clock.now(), network.site
    ControlMaterial.objects.create(site=site, item_id=item_id, level=1, name="QC", lot="A", mean=5, sd=1)
    told = {"source": "LIS", "report": "R0", "key": "K", "name": "K", "status": "F", "text": "ok", "stored_at": now}
    told |= {"patient_id": patient_id, "item_id": item_id, "site": site}
    row = Result.objects.create(performed_at=now - timedelta(hours=1), **told)
    return row.pk


def _studies(order: ExamOrder) -> dict[str, Any]:
    """A study of an order, one that waits, and one that was set aside."""
    now = clock.now()
    told = {"found_at": now, "changed_at": now}
    own = Study.objects.create(uid="1.2.1", order=order, attached_at=now, **told)
    waits = Study.objects.create(uid="1.2.2", **told)
    aside = Study.objects.create(uid="1.2.3", set_aside_at=now, set_aside_reason="test", **told)
    return {
        "accession": order.accession,
        "own_study_id": own.pk,
        "study_id": waits.pk,
        "aside_study_id": aside.pk,
        "uid": "1.2.3",
        "number": 1,
    }


def _reading(hospital: hospitals.Hospital) -> dict[str, Any]:
    """A signed examination of the hospital's own centre, drawn for a second reading, with a critical value."""
    network = hospital.network
    centre = ReadingCentre.objects.create(code="READ", name="影像中心", site=network.site, policy={"peer_rate": 0.0})
    here = readers.Room(
        network, centre, {"imaging": ExamItem.objects.create(code="CT-CHEST", name="胸部CT", category="imaging")}
    )
    author = here.reader()
    row = here.signed(author, at=clock.now())
    report = row.order.reports.get()
    finding = CriticalFinding.objects.create(code="x", name="气胸", category="imaging")
    value = exams.raise_critical(actor=author, order_id=row.pk, finding_id=finding.pk, told_to="x")
    PeerReview.objects.create(report=report, drawn_at=clock.now())
    return {
        "centre_id": centre.pk,
        "site_ids": [network.site.pk],
        "reader_id": here.of(author).pk,
        "item_code_id": ItemCode.objects.create(
            item=here.items["imaging"], code="K1", organisation=network.organisation
        ).pk,
        "centre_code": centre.code,
        "read_order_id": row.pk,
        "finding_id": finding.pk,
        "limit_id": CriticalRule.objects.create(loinc="2823-3", name="血钾", unit="mmol/L", low=2.5).pk,
        "critical_id": value.pk,
        "review_id": report.pk,
    }


def written() -> dict[str, int]:
    """How many rows were inserted, changed or deleted in this transaction, also in parts of it that were taken back,
    by table: what does not grow during a refusal shows that not even an attempt was made."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND NOT relname = ANY(%s)",
            [list(UNCOUNTED)],
        )
        return dict(cursor.fetchall())
