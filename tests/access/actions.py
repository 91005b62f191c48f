"""Every action: the verb it needs, and the arguments with which the walk calls it.

An argument "$name" is an object of `world`, anything else is given as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from tests.access.rules import Rule
from yipan.base.network.files import RawNetwork
from yipan.lines.beds.policy import AdmissionFacts
from yipan.lines.exams.actions.critical import Measured
from yipan.lines.exams.actions.quality import ToldRun
from yipan.lines.exams.actions.reports import Wording
from yipan.lines.referrals.policy import Facts


@dataclass(frozen=True)
class Act:
    """The rule of one action."""

    rule: Rule
    arguments: dict[str, Any] = field(default_factory=dict)


def act(rule: str, **arguments: Any) -> Act:
    return Act(Rule.read(rule), arguments)


STAY, BED, WARD = {"booking_id": "$stay_id"}, {"bed_id": "$bed_id"}, {"ward_id": "$ward_id"}
SEAT, TRIP = {"booking_id": "$seat_id"}, {"booking_id": "$trip_id"}
BOOK = "appointments.book@here"
MANAGE, MERGE, EDIT = "users.edit@here", "patients.merge@anywhere", "patients.edit@anywhere"
EXAM = {"request_id": "$exam_order_id"}
RECEIVE, CLOSE, PLACE, ASK = "beds.receive@here", "beds.close@here", "beds.place@here", "beds.request@here"
READS, READ = "exams.read@here", {"order_id": "$read_order_id"}
CENTRE = {"centre_id": "$centre_id"}
CRITICAL, REVIEW = {"value_id": "$critical_id"}, {"report_id": "$review_id"}
REFERRAL, CARE, RECEIVING = {"referral_id": "$referral_id"}, "referrals.care@here", "referrals.receive@here"
SOURCE = {
    "source_id": "$source_id",
    "organisation_id": "$organisation_id",
    "charset": "utf-8",
    "time_zone": "Asia/Shanghai",
    "location_mode": "auto",
    "enabled": True,
    "assigners": "",
    "services": "",
}

DAY = datetime(2026, 1, 5, tzinfo=UTC)
CONTROLLED = {"site_id": "$site_id", "item_id": "$exam_item_id"}
DECISION = {"patient_id": "$patient_id", "item_id": "$exam_item_id", "result_id": "$result_id"}
DECISION |= {"department_id": "$department_id"}
RECEIVER = {"name": "x", "organisation_id": "$organisation_id", "host": "h", "port": 1, "kinds": ["ORU^R01"]}

ACTIONS: dict[str, Act] = {
    "base.access.actions.create_user": act("users.edit@anywhere", username="new", name="", password="moon-river-38"),
    "base.access.actions.grant": act(MANAGE, user_id="$user_id", role="manager", organisation_id="$organisation_id"),
    "base.access.actions.revoke": act(MANAGE, grant_id="$grant_id"),
    "base.access.actions.reset_password": act(MANAGE, user_id="$user_id"),
    "base.access.actions.remove_second_factors": act(MANAGE, user_id="$user_id"),
    "base.access.actions.set_active": act(MANAGE, user_id="$user_id", active=False),
    "base.access.actions.change_own_password": act("person", old="a good password", new="moon-river-38"),
    "base.access.emergency.break_glass": act(
        "patients.emergency@anywhere", patient_id="$patient_id", reason="unconscious at the door"
    ),
    "base.access.emergency.review": act("emergency.review@anywhere", opening_id="$opening_id", justified=True),
    "base.network.edits.edit": act("network.edit@here", table="wards", rows="$ward_rows"),
    "base.network.edits.set_policy": act("network.policy@here", organisation="$organisation", body={}),
    "base.network.edits.import_upload": act("network.edit@top", raw=RawNetwork(), replace=False),
    "base.network.relations.save": act("network.edit@here", form="$relation", post={}),
    "base.patients.actions.duplicates.decide_duplicate": act(MERGE, candidate_id="$pair_id"),
    "base.patients.actions.emergency.open_in_emergency": act(
        "patients.emergency@anywhere", patient_id="$patient_id", reason="unconscious at the door"
    ),
    "base.patients.actions.leaving.export": act(
        "patients.export@anywhere", patient_id="$patient_id", reason="asked for it"
    ),
    "base.patients.actions.leaving.erase": act(
        "patients.erase@anywhere", patient_id="$patient_id", reason="asked for it"
    ),
    "base.patients.actions.merging.merge": act(
        MERGE, survivor_id="$patient_id", retired_id="$twin_id", reason="the same person"
    ),
    "base.patients.actions.merging.unmerge": act(MERGE, merge_id="$merge_id"),
    "base.patients.actions.registration.register": act(EDIT, name="何志远"),
    "base.patients.actions.registration.update": act(EDIT, patient_id="$patient_id", phone="13812345678"),
    "base.patients.actions.registration.add_identifier": act(EDIT, patient_id="$patient_id", system="H1", value="7"),
    "interop.editing.edit_source": act("messages.edit@here", **SOURCE),
    "interop.editing.name_location": act(
        "messages.edit@here", source_id="$source_id", location="B^2", bed_code="$bed_code"
    ),
    "interop.editing.forget_location": act("messages.edit@here", source_id="$source_id", alias_id="$alias_id"),
    "interop.outbound.actions.save_receiver": act("messages.edit@here", **RECEIVER),
    "interop.outbound.actions.replay": act("messages.replay@here", message_id="$refused_id"),
    "interop.outbound.actions.replay_refused": act("messages.replay@here", receiver_id="$receiver_id"),
    "interop.outbound.actions.drop": act("messages.replay@here", message_id="$sent_id", reason="told by phone"),
    "interop.queue.ignore": act("messages.replay@here", message_id="$message_id", reason="no longer true"),
    "interop.queue.replay": act("messages.replay@here", message_id="$message_id"),
    "interop.queue.replay_waiting": act("messages.replay@here", source_id="$source_id"),
    "lines.beds.actions.aftercare.record_call": act("beds.calls@here", call_id="$call_id", reached=True),
    "lines.beds.actions.aftercare.see_notice": act(RECEIVE, notice_id="$notice_id"),
    "lines.beds.actions.closing.close_bed": act(CLOSE, **BED, reason="repair"),
    "lines.beds.actions.closing.close_ward": act(CLOSE, **WARD, reason="repair"),
    "lines.beds.actions.closing.reopen_bed": act(CLOSE, **BED),
    "lines.beds.actions.closing.reopen_ward": act(CLOSE, **WARD),
    "lines.beds.actions.placing.hold_bed": act(PLACE, request_id="$request_id", **BED),
    "lines.beds.actions.placing.confirm_admission": act(PLACE, **STAY),
    "lines.beds.actions.placing.release_hold": act(PLACE, **STAY),
    "lines.beds.actions.placing.mark_no_show": act(RECEIVE, **STAY),
    "lines.beds.actions.requests.request_admission": act(
        ASK, patient_id="$patient_id", home_department_id="$department_id", facts=AdmissionFacts()
    ),
    "lines.beds.actions.requests.revise_request": act(ASK, request_id="$request_id", changes={"note": "x"}),
    "lines.beds.actions.requests.cancel_request": act(ASK, request_id="$request_id", reason="went home"),
    "lines.beds.actions.stays.announce_discharge": act("beds.discharge@here", **STAY, end=None),
    "lines.beds.actions.stays.arrive": act(RECEIVE, **STAY),
    "lines.beds.actions.stays.depart": act(RECEIVE, **STAY),
    "lines.beds.actions.stays.mark_ready": act(RECEIVE, **STAY),
    "lines.beds.actions.stays.start_cleaning": act(RECEIVE, **BED),
    "lines.beds.actions.stays.finish_cleaning": act(RECEIVE, **BED),
    "lines.beds.actions.stays.transfer": act(PLACE, **STAY, **BED),
    "lines.beds.actions.stays.swap_patients": act(PLACE, first_id="$stay_id", second_id="$second_stay_id"),
    "lines.beds.actions.undo.undo_arrival": act(RECEIVE, **STAY),
    "lines.beds.actions.undo.undo_departure": act(RECEIVE, **STAY),
    "lines.exams.actions.changing.revise_exam": act("exams.order@here", request_id="$exam_order_id", reason="other"),
    "lines.exams.actions.quality.add_material": act(
        "exams.quality@here", **CONTROLLED, level=2, name="QC", lot="B", mean=5.0, sd=1.0
    ),
    "lines.exams.actions.quality.add_runs": act("exams.quality@here", **CONTROLLED, runs=[ToldRun(DAY, {1: 5.0})]),
    "lines.exams.actions.quality.add_assessment": act(
        "exams.quality@here", **CONTROLLED, organiser="x", round="1", sample_at=DAY, assessed_at=DAY, passed=True
    ),
    "lines.exams.actions.recognition.recognise": act("exams.recognise@here", **DECISION),
    "lines.exams.actions.recognition.refuse": act("exams.recognise@here", **DECISION, reason="fast"),
    "lines.exams.actions.rules.set_areas": act("exams.catalogue@anywhere", areas=[("云南省", "province")]),
    "lines.exams.actions.rules.set_codes": act("exams.catalogue@anywhere", item_id="$exam_item_id", codes=[("L", "K")]),
    "lines.exams.actions.rules.add_code": act(
        "exams.catalogue@here", item_id="$exam_item_id", code="K77", organisation_id="$organisation_id"
    ),
    "lines.exams.actions.rules.drop_code": act("exams.catalogue@here", code_id="$item_code_id"),
    "lines.exams.actions.centres.make_centre": act("exams.centre@here", site_id="$site_id", code="NEW", name="x"),
    "lines.exams.actions.centres.set_centre": act("exams.centre@here", **CENTRE, name="x", body={}),
    "lines.exams.actions.centres.cover": act("exams.centre@here", **CENTRE, site_ids="$site_ids", wanted=[]),
    "lines.exams.actions.centres.set_reader": act("exams.centre@here", **CENTRE, user_id=None, grade="senior"),
    "lines.exams.actions.centres.drop_reader": act("exams.centre@here", **CENTRE, reader_id="$reader_id"),
    "lines.exams.actions.centres.set_template": act("exams.centre@top", item_id="$exam_item_id", findings="x"),
    "lines.exams.actions.rules.set_rule": act("exams.catalogue@anywhere", item_id="$exam_item_id", valid_hours=24),
    "lines.exams.actions.results.store_report": act("exams.result@here", patient_id="$patient_id", told="$told_report"),
    "lines.exams.actions.ordering.order_exam": act(
        "exams.order@here",
        patient_id="$patient_id",
        item_id="$exam_item_id",
        department_id="$department_id",
        repeated=True,
    ),
    "lines.exams.actions.scheduling.schedule_exam": act(
        "exams.schedule@here", **EXAM, device_id="$device_id", start="$exam_start"
    ),
    "lines.exams.actions.scheduling.cancel_exam": act("exams.order@here", **EXAM, reason="not needed"),
    "lines.exams.actions.performing.begin_exam": act("exams.perform@here", **EXAM),
    "lines.exams.actions.undoing.undo_begin": act("exams.perform@here", **EXAM),
    "lines.exams.actions.performing.finish_exam": act("exams.perform@here", **EXAM),
    "lines.exams.actions.performing.miss_exam": act("exams.perform@here", **EXAM),
    "lines.exams.actions.specimens.collect_specimen": act("exams.collect@here", **EXAM),
    "lines.exams.actions.specimens.receive_specimen": act("exams.perform@here", **EXAM, site_id="$site_id"),
    "lines.exams.actions.catalogue.import_catalogue": act("exams.catalogue@top", raw=RawNetwork()),
    "lines.exams.actions.closing.close_device": act("exams.close@here", device_id="$device_id", reason="repair"),
    "lines.exams.actions.closing.reopen_device": act("exams.close@here", device_id="$device_id"),
    "lines.exams.actions.studies.attach_study": act(
        "exams.match@here", study_id="$study_id", accession="$accession", anyway=True
    ),
    "lines.exams.actions.studies.detach_study": act("exams.match@here", study_id="$own_study_id", reason="wrong"),
    "lines.exams.actions.studies.set_study_aside": act(
        "exams.match@anywhere", study_id="$study_id", reason="a phantom"
    ),
    "lines.exams.actions.studies.take_study_up": act("exams.match@anywhere", study_id="$aside_study_id"),
    "lines.exams.actions.uploads.store_ecg": act(
        "exams.perform@here", request_id="$exam_order_id", raw=b"no DICOM file"
    ),
    "lines.exams.actions.reading.ask_for_reading": act("exams.perform@here", **READ),
    "lines.exams.actions.reading.claim": act(READS, **READ),
    "lines.exams.actions.reading.take_over": act(READS, **READ, reason="x"),
    "lines.exams.actions.reading.give_back": act(READS, **READ),
    "lines.exams.actions.reading.set_duty": act(READS, centre_id="$centre_id", hours=8),
    "lines.exams.actions.reports.save_preliminary": act(READS, **READ, wording=Wording("x")),
    "lines.exams.actions.reports.sign": act(READS, **READ, wording=Wording("x", "x", False)),
    "lines.exams.actions.reports.amend": act(READS, **READ, wording=Wording("y", "y", True), reason="x"),
    "lines.exams.actions.reports.add": act(READS, **READ, text="x"),
    "lines.exams.actions.limits.set_finding": act("exams.catalogue@top", code="y", category="ecg", name="y"),
    "lines.exams.actions.limits.set_limit": act(
        "exams.catalogue@top", loinc="2345-7", name="x", unit="mmol/L", low=2.5, high=None
    ),
    "lines.exams.actions.limits.set_head": act(
        "exams.catalogue@here", department_id="$department_id", practitioner_id=None
    ),
    "lines.exams.actions.critical.raise_critical": act("exams.raise@here", **READ, finding_id="$finding_id"),
    "lines.exams.actions.critical.judge_result": act(
        "exams.raise@here", **READ, measured=Measured("2823-3", 7.0, "mmol/L")
    ),
    "lines.exams.actions.critical.tell": act("exams.tell@here", **CRITICAL, told_to="x"),
    "lines.exams.actions.critical.acknowledge": act("exams.acknowledge@here", **CRITICAL, read_back="x"),
    "lines.exams.actions.critical.act": act("exams.act@here", **CRITICAL, action="x"),
    "lines.exams.actions.peer.read_blind": act(READS, **REVIEW, impression="x", positive=True),
    "lines.exams.actions.peer.score_report": act(READS, **REVIEW, score=1),
    "lines.exams.actions.peer.see_discrepancy": act(READS, **REVIEW),
    "lines.appointments.actions.requests.request_appointment": act(
        BOOK, patient_id="$patient_id", clinic_id="$clinic_id"
    ),
    "lines.appointments.actions.requests.cancel_appointment": act(
        BOOK, request_id="$seat_request_id", reason="went home"
    ),
    "lines.appointments.actions.seats.hold_seat": act(
        BOOK, request_id="$asked_id", clinic_id="$clinic_id", start="$seat_start"
    ),
    "lines.appointments.actions.seats.confirm_seat": act(BOOK, **SEAT),
    "lines.appointments.actions.seats.release_seat": act(BOOK, **SEAT),
    "lines.appointments.actions.queue.check_in": act("appointments.receive@here", **SEAT),
    "lines.appointments.actions.queue.mark_no_show": act("appointments.receive@here", **SEAT),
    "lines.appointments.actions.queue.call_next": act("appointments.see@here", clinic_id="$clinic_id"),
    "lines.appointments.actions.queue.come_in": act("appointments.see@here", **SEAT),
    "lines.appointments.actions.queue.pass_over": act("appointments.see@here", **SEAT),
    "lines.appointments.actions.queue.finish": act("appointments.see@here", **SEAT),
    "lines.appointments.actions.sessions.close_session": act(
        "appointments.sessions@here", clinic_id="$clinic_id", day="$tomorrow", reason="away"
    ),
    "lines.appointments.actions.sessions.reopen_session": act(
        "appointments.sessions@here", clinic_id="$clinic_id", day="$tomorrow"
    ),
    "lines.appointments.actions.clinics.save_clinic": act(
        "appointments.clinics@here", site_id="$site_id", written="$clinic_facts", clinic_id="$clinic_id"
    ),
    "lines.appointments.actions.clinics.set_holiday": act(
        "appointments.holidays@anywhere", day=date(2099, 1, 1), name="元旦"
    ),
    "lines.appointments.actions.clinics.drop_holiday": act("appointments.holidays@anywhere", day=date(2099, 1, 1)),
    "lines.dispatch.actions.requests.request_transport": act(
        "dispatch.request@here",
        patient_id="$patient_id",
        home_department_id="$department_id",
        asked="$transport_facts",
    ),
    "lines.dispatch.actions.requests.cancel_transport": act(
        "dispatch.request@here", request_id="$trip_request_id", reason="walks"
    ),
    "lines.dispatch.actions.trips.assign_vehicle": act(
        "dispatch.assign@here", request_id="$carry_id", vehicle_id="$vehicle_id", leave="$seat_start"
    ),
    "lines.dispatch.actions.trips.confirm_trip": act("dispatch.assign@here", **TRIP),
    "lines.dispatch.actions.trips.release_trip": act("dispatch.assign@here", **TRIP),
    "lines.dispatch.actions.steps.report_step": act("dispatch.drive@here", **TRIP, step="alerted"),
    "lines.dispatch.actions.steps.take_back_step": act("dispatch.drive@here", **TRIP),
    "lines.dispatch.actions.steps.back_at_base": act("dispatch.drive@here", vehicle_id="$vehicle_id"),
    "lines.dispatch.actions.handing.hand_over": act("dispatch.drive@here", **TRIP, received_by="a doctor"),
    "lines.dispatch.actions.fleet.save_vehicle": act("dispatch.fleet@here", site_id="$site_id", call_sign="new"),
    "lines.referrals.actions.after.add_document": act(CARE, **REFERRAL, name="x.png", content=b"\x89PNG\r\n\x1a\n"),
    "lines.referrals.actions.after.mark_milestone": act(CARE, **REFERRAL, code="onset"),
    "lines.referrals.actions.after.plan_tasks": act("referrals.send@here", **REFERRAL, tasks=[]),
    "lines.referrals.actions.after.record_progress": act(CARE, **REFERRAL, text="x", recovery="better"),
    "lines.referrals.actions.after.tick_task": act(CARE, task_id="$task_id"),
    "lines.referrals.actions.after.write_message": act(CARE, **REFERRAL, text="x"),
    "lines.referrals.actions.agreeing.end_agreement": act("referrals.agree@here", agreement_id="$agreement_id"),
    "lines.referrals.actions.agreeing.import_agreements": act("referrals.agree@here", rows="$agreement_rows"),
    "lines.referrals.actions.agreeing.save_agreement": act("referrals.agree@here", terms="$agreement_terms"),
    "lines.referrals.actions.agreeing.set_rules": act(
        "referrals.rules@here", organisation_id="$organisation_id", text=""
    ),
    "lines.referrals.actions.down.dismiss_candidate": act(
        "referrals.send@here", candidate_id="$candidate_id", reason="x"
    ),
    "lines.referrals.actions.down.refer_candidate": act(
        "referrals.send@here", candidate_id="$candidate_id", to_department_id="$outpost_id", facts=Facts("I63.9")
    ),
    "lines.referrals.actions.receiving.accept_referral": act(RECEIVING, **REFERRAL),
    "lines.referrals.actions.receiving.arrive": act("referrals.arrive@here", **REFERRAL),
    "lines.referrals.actions.receiving.close_referral": act(RECEIVING, **REFERRAL),
    "lines.referrals.actions.receiving.refuse_referral": act(RECEIVING, **REFERRAL, reason="no_capacity"),
    "lines.referrals.actions.receiving.reserve_places": act(RECEIVING, **REFERRAL, offers=[(0, "$nothing")]),
    "lines.referrals.actions.receiving.return_referral": act(RECEIVING, **REFERRAL, note="x"),
    "lines.referrals.actions.receiving.send_back": act(RECEIVING, **REFERRAL, facts=Facts("I63.9")),
    "lines.referrals.actions.receiving.treat": act(RECEIVING, **REFERRAL),
    "lines.referrals.actions.sending.depart": act("referrals.send@here", **REFERRAL),
    "lines.referrals.actions.sending.draft_referral": act(
        "referrals.send@here",
        patient_id="$patient_id",
        from_department_id="$outpost_id",
        to_department_id="$department_id",
        facts=Facts("J18.9"),
    ),
    "lines.referrals.actions.sending.revise_referral": act("referrals.send@here", **REFERRAL, facts=Facts("I63.9")),
    "lines.referrals.actions.sending.send_referral": act("referrals.send@here", **REFERRAL),
    "lines.referrals.actions.sending.withdraw_referral": act("referrals.send@here", **REFERRAL, note="x"),
    "planning.actions.start_run": act("planning.run@here", organisation_id="$organisation_id"),
    "planning.actions.stop_run": act("planning.run@here", run_id="$run_id"),
    "planning.actions.accept": act("planning.accept@here", run_id="$run_id", chosen={}),
    "planning.scenarios.actions.start": act(
        "planning.scenario@here",
        organisation_id="$organisation_id",
        policies=["silo"],
        penalty=0.23,
        days=14,
        seconds=30,
    ),
    "planning.scenarios.actions.stop": act("planning.scenario@here", scenario_id="$scenario_id"),
    "planning.scenarios.actions.save": act("planning.scenario@here", scenario_id="$scenario_id", name="x"),
    "planning.scenarios.actions.share": act("planning.scenario@here", scenario_id="$scenario_id", shared=True),
    "planning.scenarios.actions.remove": act("planning.scenario@here", scenario_id="$scenario_id"),
    "planning.scenarios.actions.apply": act("network.policy@here", scenario_id="$scenario_id", key="silo"),
}

NO_ACTIONS: dict[str, str] = {
    "base.access.accounts.start_of": "says where the actor begins",
    "base.access.actor.scope": "a condition for queries",
    "base.access.emergency.opening_of": "reads the actor's own openings",
    "base.access.emergency.openings": "a query; the address emergencies is walked",
    "base.access.emergency.waiting": "counts; 0 for everybody without emergency.review",
    "base.access.second_factor.is_missing": "reads the actor's own account",
    "base.access.second_factor.required_of": "reads the actor's own roles",
    "base.access.wall.raising": "a statement for the actor's own reach",
    "base.access.wall.reach": "reads the actor's own grants",
    "base.audit.journal.record": "what every action calls when it is done",
    "base.audit.journal.record_list": "what every list calls when it was shown",
    "base.network.edits.require_owner": "is a check itself",
    "base.network.edits.require_whole": "is a check itself",
    "base.network.importing.add_policy": "behind edits.set_policy and the command line",
    "base.network.importing.import_network": "behind edits.import_upload and the command line",
    "base.network.importing.import_raw": "behind edits.import_upload and the command line",
    "base.network.importing.write": "behind edits.edit and the command line",
    "base.patients.actions.facts.check": "pure check of what was given",
    "base.patients.panels.panels_for": "asks each panel, which asks for its verb",
    "lines.appointments.actions.requests.write_request": "behind request_appointment and joint bookings",
    "lines.appointments.actions.requests.withdraw": "behind cancel_appointment and joint bookings",
    "lines.dispatch.actions.requests.withdraw": "behind cancel_transport and joint bookings",
    "lines.dispatch.actions.trips.expect": "behind assign_vehicle and report_step",
    "lines.exams.actions.critical.raise_breaches": "behind judge_result and store_report, which have asked",
    "lines.exams.actions.critical.correct": "behind store_report, which has asked",
    "lines.referrals.actions.reserving.give_back": "behind the verbs that end a referral",
    "lines.referrals.actions.reserving.reserve": "behind the verbs that reserve",
    "lines.referrals.actions.stepping.begin": "is a check itself, behind every step",
    "lines.referrals.actions.stepping.helped": "makes an actor with lent rights; writes nothing",
    "lines.referrals.actions.stepping.require": "is a check itself",
    "lines.referrals.actions.stepping.take": "behind every step, after its check",
    "lines.referrals.actions.stepping.tell": "writes the events of every verb, after its check",
    "lines.referrals.actions.stepping.write": "behind every step, after its check",
    "interop.queue.source_for": "a query with its check; every action above goes through it",
    "interop.queue.visible": "a condition for queries",
    "lines.exams.actions.studies.attach_told": "behind take_studies and store_ecg, in their transaction",
    "lines.exams.actions.studies.match_waiting": "the worker's alone: it asks for the verb at a path of nobody",
    "lines.exams.actions.studies.take_studies": "the worker's alone: it asks for the verb at a path of nobody",
}
"""Functions that take an actor and are no actions, each with the reason. A new one needs a line above or here."""
