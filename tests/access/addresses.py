"""Every address: what a GET and what a POST needs. `None`: the method is not allowed.

The keyword arguments of an address are names of objects in `world`; `data` is what a POST sends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.access.rules import Rule


@dataclass(frozen=True)
class Row:
    """The rules of one address. One that is not `checked` answers 404 to everybody here, for the reason `why`."""

    get: Rule | None
    post: Rule | None
    arguments: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    query: str = ""
    why: str = ""
    checked: bool = True


def row(
    get: str = "",
    post: str = "",
    data: dict[str, Any] | None = None,
    *,
    query: str = "",
    why: str = "",
    checked: bool = True,
    **arguments: str,
) -> Row:
    rules = [Rule.read(text) if text else None for text in (get, post)]
    return Row(rules[0], rules[1], arguments, data or {}, query, why, checked)


def step(post: str, key: str, **data: Any) -> Row:
    """An address that only acts."""
    return row(post=post, key=key, data=data)


FACTORS = "only between the password and the end of the login"
SSO = "404 without single sign-on"
OPENED = "404 without the mark of an opening by the same person"
OWN = "404 without one; only ever the own ones"
DESK = "a GET leads to the desk, which asks for beds.request"
READS, ORDER, CRITICAL = "exams.read@here", "read_order_id", "critical_id"
BED, STAY, WARD, REFERRAL = "bed_id", "stay_id", "ward_id", "referral_id"
RECEIVE, CLOSE, PLACE, ASK = "beds.receive@here", "beds.close@here", "beds.place@here", "beds.request@here"
BOOK, DRIVE = "appointments.book@anywhere", "dispatch.drive@here"
LOOK, MERGE, MANAGE = "beds.view@anywhere", "patients.merge@anywhere", "users.edit@here"
EXAM = {"request_id": "exam_order_id"}
NETWORK, CHANGE, ALL = "network.view@here", "network.edit@here", "network.edit@top"

RECEIVER = {"name": "x", "organisation": "$organisation_id", "host": "h", "port": "1", "kinds": "ORU^R01"}
RECEIVER |= {"version": "2.5", "charset": "UNICODE UTF-8"}

AT_HAND = "?patient=$patient_id&item=$exam_item_id"
DECISION = {"recognition_patient": "$patient_id", "recognition_item": "$exam_item_id"}
DECISION |= {"recognition_department": "$department_id", "recognition_result": "$result_id"}
CENTRE, KEEPS = {"site": "$site_id", "code": "NEW", "name": "x"}, "exams.centre@here"
NAMED = {"code": "K77", "organisation": "$organisation_id"}
RULE = {"valid_hours": "24", "recognisable": "1"}
CONTROLLED, DAY = {"site": "$site_id", "item": "$exam_item_id"}, "2026-01-05T08:00"
MATERIAL = {"level": "2", "name": "QC", "lot": "B", "mean": "5", "sd": "1"}
ASSESSMENT = {"organiser": "x", "round": "1", "sample_at": DAY, "assessed_at": DAY, "passed": "1"}

ADDRESSES: dict[str, Row] = {
    "healthz": row("everybody"),
    "readyz": row("everybody"),
    "metrics": row("everybody", why="programs on this machine, or with the token"),
    "openapi": row("everybody"),
    # logging in
    "login": row("everybody", "everybody"),
    "account_login": row("everybody", "everybody"),
    "mfa_login_webauthn": row("everybody", "everybody"),
    "mfa_authenticate": row("everybody", "everybody", why=FACTORS),
    "openid_connect_login": row("everybody", "everybody", provider_id="=none", why=SSO, checked=False),
    "openid_connect_callback": row("everybody", "everybody", provider_id="=none", why=SSO, checked=False),
    "ui:language": row(post="everybody", data={"language": "en"}),
    "ui:theme": row(post="everybody", data={"theme": "dark"}),
    # the own account
    "logout": row(post="person"),
    "hand_over": row(post="person", data={"next": "/beds"}),
    "still_here": row(post="person"),
    "password": row("person", "person"),
    "account_reauthenticate": row("person", "person"),
    "mfa_reauthenticate": row("person", "person"),
    "mfa_reauthenticate_webauthn": row("person", "person"),
    "mfa_index": row("person"),
    "mfa_list_webauthn": row("person"),
    "mfa_activate_totp": row("person", "person"),
    "mfa_deactivate_totp": row("person", "person", why=OWN, checked=False),
    "mfa_add_webauthn": row("person", "person"),
    "mfa_remove_webauthn": row("person", "person", pk="=1", why="asks for the password first; only ever the own one"),
    "mfa_view_recovery_codes": row("person", why=OWN, checked=False),
    "mfa_generate_recovery_codes": row("person", "person"),
    # users
    "users": row("users.view@anywhere"),
    "user_new": row("users.edit@anywhere", "users.edit@anywhere"),
    "user": row("users.view@here", user_id="user_id"),
    "user_grant": row(
        post=MANAGE, user_id="user_id", data={"role": "doctor", "organisation": "$organisation_id", "ward": "$ward_id"}
    ),
    "user_revoke": row(post=MANAGE, user_id="user_id", grant_id="grant_id"),
    "user_password": row(post=MANAGE, user_id="user_id"),
    "user_second_factors": row(post=MANAGE, user_id="user_id"),
    "user_active": row(post=MANAGE, user_id="user_id", data={"active": "0"}),
    "audit": row("audit.view@anywhere"),
    "audit_export": row("audit.view@anywhere"),
    "emergencies": row("emergency.review@anywhere"),
    "emergency_review": row(post="emergency.review@anywhere", opening_id="opening_id", data={"justified": "1"}),
    # network
    "network:home": row("network.view@anywhere"),
    "network:organisation": row(NETWORK, CHANGE, pk="organisation_id"),
    "network:policy": row(NETWORK, "network.policy@here", pk="organisation_id"),
    "network:site": row(NETWORK, CHANGE, pk="site_id"),
    "network:roads": row(NETWORK, CHANGE, pk="site_id"),
    "network:department": row(NETWORK, CHANGE, pk="department_id"),
    "network:ward": row(NETWORK, CHANGE, pk="ward_id"),
    "network:competences": row(NETWORK, CHANGE, pk="ward_id"),
    "network:walks": row(NETWORK, CHANGE, pk="ward_id"),
    "network:room": row(NETWORK, CHANGE, pk="room_id"),
    "network:specialties": row("network.view@anywhere"),
    "network:specialty": row("network.view@anywhere", ALL, code="specialty"),
    "network:import": row(ALL, ALL),
    "network:import_review": row(ALL, pk="upload_id"),
    "network:import_confirm": row(post=ALL, pk="upload_id"),
    "network:import_discard": row(post=ALL, pk="upload_id"),
    "network:export": row(ALL, kind="=toml"),
    # patients: one identity for the whole network
    "patients": row("patients.view@anywhere", "patients.view@anywhere", {"q": "qian"}),
    "patient_new": row("patients.edit@anywhere", "patients.edit@anywhere"),
    "patient_pick": row(post="patients.view@anywhere", data={"q": "qian"}),
    "patient_duplicates": row(MERGE),
    "patient_duplicate": row(MERGE, candidate_id="pair_id"),
    "patient_different": row(post=MERGE, candidate_id="pair_id"),
    "patient_merge_pair": row(
        post=MERGE, candidate_id="pair_id", data={"survivor": "$patient_id", "reason": "the same person"}
    ),
    "patient_merges": row(MERGE),
    "patient_unmerge": row(post=MERGE, merge_id="merge_id"),
    "patient": row("patients.view@anywhere", patient_id="patient_id"),
    "patient_emergency": row(
        post="patients.emergency@anywhere", patient_id="patient_id", data={"reason": "unconscious at the door"}
    ),
    "patient_edit": row("patients.edit@anywhere", "patients.edit@anywhere", patient_id="patient_id"),
    "patient_identifier": row(
        post="patients.edit@anywhere", patient_id="patient_id", data={"type": "MR", "system": "H1", "value": "7"}
    ),
    "patient_export": row(post="patients.export@anywhere", patient_id="patient_id", data={"reason": "asked for it"}),
    "patient_erase": row(post="patients.erase@anywhere", patient_id="patient_id", data={"reason": "asked for it"}),
    "patient_merge": row(post=MERGE, patient_id="patient_id", data={"value": "7", "reason": "the same person"}),
    "ui:search": row("person", "person", {"q": "qian"}, why="each group of hits has its own verb"),
    # messages
    "interop:messages": row("messages.view@anywhere", "messages.view@anywhere"),
    "interop:senders": row("messages.view@anywhere"),
    "interop:sender": row("messages.view@here", "messages.edit@here", source_id="source_id"),
    "interop:replay_waiting": row(post="messages.replay@here", source_id="source_id"),
    "interop:name_location": row(
        post="messages.edit@here", source_id="source_id", data={"location": "B^2", "bed": "$bed_code"}
    ),
    "interop:forget_location": row(post="messages.edit@here", source_id="source_id", alias_id="alias_id"),
    "interop:sent": row("messages.view@anywhere"),
    "interop:sent_message": row("messages.view@here", message_id="sent_id"),
    "interop:send_again": row(post="messages.replay@here", message_id="refused_id"),
    "interop:drop": row(post="messages.replay@here", message_id="sent_id", data={"reason": "told by phone"}),
    "interop:receivers": row("messages.view@anywhere"),
    "interop:receiver_new": row("messages.edit@anywhere", "messages.edit@here", data=RECEIVER),
    "interop:receiver": row("messages.view@here", "messages.edit@here", data=RECEIVER, receiver_id="receiver_id"),
    "interop:send_refused_again": row(post="messages.replay@here", receiver_id="receiver_id"),
    "interop:message": row("messages.view@here", message_id="message_id"),
    "interop:replay": row(post="messages.replay@here", message_id="message_id"),
    "interop:ignore": row(post="messages.replay@here", message_id="message_id", data={"reason": "no longer true"}),
    # beds: looking
    "overview": row(LOOK),
    "overview-parts": row(LOOK),
    "board": row(LOOK),
    "board-cells": row(LOOK, query="?ids="),
    "board-chips": row("beds.view@here", query="?site=$site_code"),
    "board-waiting": row("beds.view@here", query="?site=$site_code"),
    "board-sites": row(LOOK),
    "bed": row("beds.view@here", bed_id=BED),
    "figures": row("beds.figures@anywhere"),
    "figures-stays": row("beds.figures@anywhere"),
    "waiting": row(LOOK),
    "repatriation": row(LOOK),
    "wards": row(LOOK),
    "ward": row("beds.view@here", ward_id=WARD),
    "ward-wall": row("beds.view@here", ward_id=WARD),
    "rounds": row("beds.rounds@anywhere"),
    "calls": row("beds.calls@anywhere"),
    "call": row("beds.calls@here", "beds.calls@here", call_id="call_id", data={"reached": "1"}),
    # beds: steps of a ward
    "bed-ready": step(RECEIVE, STAY),
    "bed-arrive": step(RECEIVE, STAY),
    "bed-depart": step(RECEIVE, STAY),
    "bed-undo-arrive": step(RECEIVE, STAY),
    "bed-undo-depart": step(RECEIVE, STAY),
    "bed-discharge": step("beds.discharge@here", STAY, end="2099-01-01T10:00"),
    "bed-discharge-withdraw": step("beds.discharge@here", STAY),
    "bed-clean-done": step(RECEIVE, BED),
    "bed-clean-start": step(RECEIVE, BED),
    "notice-seen": step(RECEIVE, "notice_id"),
    "bed-close": step(CLOSE, BED, reason="repair"),
    "bed-reopen": step(CLOSE, BED),
    "ward-close": step(CLOSE, WARD, reason="repair"),
    "ward-reopen": step(CLOSE, WARD),
    # beds: the admission desk
    "desk-list": row("beds.request@anywhere"),
    "desk-new": row("beds.request@anywhere", "beds.request@anywhere"),
    "desk-patients": row(post="beds.request@anywhere", data={"q": "qian"}),
    "desk-diagnoses": row("beds.request@anywhere", query="?q=I63"),
    "desk-doctors": row("beds.request@anywhere"),
    "desk": row(ASK, request_id="request_id"),
    "slip": row(ASK, request_id="stay_request_id"),
    "request-revise": row(ASK, ASK, request_id="request_id"),
    "request-hold": row("person", PLACE, why=DESK, request_id="request_id", data={"bed": "$bed_id"}),
    "request-cancel": row("person", ASK, why=DESK, request_id="request_id", data={"reason": "went home"}),
    "request-transfer": row("person", PLACE, why=DESK, request_id="stay_request_id", data={"bed": "$bed_id"}),
    "request-swap": row(PLACE, PLACE, request_id="stay_request_id", data={"with": "$second_stay_id"}),
    "booking-confirm": row("beds.view@here", PLACE, why=DESK, booking_id=STAY),
    "booking-release": row("beds.view@here", PLACE, why=DESK, booking_id=STAY),
    "booking-no-show": row("beds.view@here", RECEIVE, why=DESK, booking_id=STAY),
    # examinations
    "exam-catalogue": row("exams.view@anywhere"),
    "exam-item": row("exams.view@anywhere", "exams.catalogue@here", item_id="exam_item_id", data=NAMED),
    "exam-results": row("exams.results@here", patient_id="exam_patient_id"),
    "exam-recognition": row("exams.order@anywhere", query=AT_HAND),
    "exam-recognise": row(post="exams.recognise@here", data=DECISION),
    "exam-refuse": row(post="exams.recognise@here", data={**DECISION, "recognition_reason": "fast"}),
    "exam-recognition-figures": row("exams.recognition_figures@anywhere"),
    "exam-rules": row("exams.view@anywhere", "exams.catalogue@anywhere", data={"areas": "云南省 = province"}),
    "exam-rule": row("exams.catalogue@anywhere", "exams.catalogue@anywhere", data=RULE, item_id="exam_item_id"),
    "exam-quality": row("exams.view@anywhere"),
    "exam-quality-chart": row("exams.view@here", query="?site=$site_id&item=$exam_item_id"),
    "exam-quality-run": row(post="exams.quality@here", data={**CONTROLLED, "at": DAY, "level_1": "5"}),
    "exam-quality-material": row(post="exams.quality@here", data={**CONTROLLED, **MATERIAL}),
    "exam-quality-assessment": row(post="exams.quality@here", data={**CONTROLLED, **ASSESSMENT}),
    # images
    "exam-images": row("exams.images@here", request_id="exam_order_id"),
    "exam-series": row("exams.images@here", why=OPENED, checked=False, study_id="own_study_id", series_uid="uid"),
    "exam-frame": row(
        "exams.images@here",
        why=OPENED,
        checked=False,
        study_id="own_study_id",
        series_uid="uid",
        instance_uid="uid",
        number="number",
    ),
    "exam-ecg": row("exams.images@here", request_id="exam_order_id"),
    "exam-ecg-upload": row(post="exams.perform@here", request_id="exam_order_id"),
    "exam-studies": row("exams.match@anywhere"),
    "exam-study-attach": row(
        "exams.match@anywhere", "exams.match@here", {"accession": "$accession", "anyway": "1"}, study_id="study_id"
    ),
    "exam-study-aside": row(post="exams.match@anywhere", study_id="study_id", data={"reason": "x"}),
    "exam-study-again": row(post="exams.match@anywhere", study_id="aside_study_id"),
    "exam-study-detach": row(post="exams.match@here", study_id="own_study_id", data={"reason": "x"}),
    # examinations: reading
    "reading": row("exams.read@anywhere"),
    "reading-next": row(post=READS, data={"centre": "$centre_code"}),
    "reading-duty": row(post=READS, data={"centre": "$centre_code", "hours": "8"}),
    "reading-order": row(READS, READS, order_id=ORDER, data={"do": "save"}),
    "reading-claim": row(post=READS, order_id=ORDER),
    "reading-give-back": row(post=READS, order_id=ORDER),
    "reading-take-over": row(post=READS, order_id=ORDER, data={"reason": "x"}),
    "reading-alive": row(post=READS, order_id=ORDER),
    "reading-critical": row(post="exams.raise@here", order_id=ORDER, data={"finding": "$finding_id"}),
    "reading-figures": row("exams.reading_figures@anywhere"),
    "exam-centres": row("exams.centre@anywhere", "exams.centre@here", data=CENTRE),
    "exam-centre": row(KEEPS, KEEPS, centre_id="centre_id", data={"name": "x"}),
    "exam-centre-coverage": row(post=KEEPS, centre_id="centre_id", data={"shown": "$site_id"}),
    "exam-centre-reader": row(post=KEEPS, centre_id="centre_id", data={"user": "$user_id", "grade": "senior"}),
    "exam-template": row("exams.centre@anywhere", "exams.centre@top", item_id="exam_item_id", data={"findings": "x"}),
    "report": row("exams.reports@here", order_id=ORDER),
    "report-amend": row(READS, READS, order_id=ORDER, data={"reason": "x"}),
    "report-add": row(post=READS, order_id=ORDER, data={"addendum": "x"}),
    "critical": row("exams.critical@anywhere"),
    "critical-value": row("exams.critical@here", value_id=CRITICAL),
    "critical-tell": row(post="exams.tell@here", value_id=CRITICAL, data={"told_to": "x"}),
    "critical-acknowledge": row(post="exams.acknowledge@here", value_id=CRITICAL, data={"read_back": "x"}),
    "critical-act": row(post="exams.act@here", value_id=CRITICAL, data={"action": "x"}),
    "critical-limits": row("exams.view@anywhere"),
    "critical-limit-new": row("exams.catalogue@top", "exams.catalogue@top"),
    "critical-limit": row("exams.catalogue@top", "exams.catalogue@top", rule_id="limit_id"),
    "critical-finding-new": row("exams.catalogue@top", "exams.catalogue@top"),
    "critical-finding": row("exams.catalogue@top", "exams.catalogue@top", finding_id="finding_id"),
    "critical-heads": row("exams.catalogue@anywhere"),
    "critical-head": row(
        "exams.catalogue@here", "exams.catalogue@here", department_id="department_id", data={"step": "nobody"}
    ),
    "peer": row("exams.read@anywhere"),
    "peer-review": row(READS, READS, report_id="review_id", data={"do": "read"}),
    "exam-orders": row("exams.order@anywhere"),
    "exam-new": row("exams.order@anywhere", "exams.order@anywhere"),
    "exam-choices": row(post="exams.order@anywhere"),
    "exam-order": row("exams.view@here", **EXAM),
    "exam-slip": row("exams.slip@here", **EXAM),
    "exam-schedule": row(post="exams.schedule@here", data={"slot": "$exam_slot"}, **EXAM),
    "exam-cancel": row(post="exams.order@here", **EXAM),
    "exam-collect": row(post="exams.collect@here", **EXAM),
    "exam-worklist": row("exams.view@anywhere"),
    "exam-begin": row(post="exams.perform@here", **EXAM),
    "exam-undo": row(post="exams.perform@here", **EXAM),
    "exam-finish": row(post="exams.perform@here", **EXAM),
    "exam-miss": row(post="exams.perform@here", **EXAM),
    "exam-receive": row(post="exams.perform@here", data={"site": "$site_code"}, **EXAM),
    "exam-devices": row("exams.view@anywhere"),
    "exam-device": row("exams.view@here", device_id="device_id"),
    "exam-device-close": row(post="exams.close@here", device_id="device_id", data={"reason": "repair"}),
    "exam-device-reopen": row(post="exams.close@here", device_id="device_id"),
    # clinics
    "clinics": row("appointments.view@anywhere"),
    "clinic-book": row(BOOK, BOOK, {"step": "look"}),
    "clinic-book-seats": row(post=BOOK),
    "clinic-waiting": row(BOOK),
    "clinic-figures": row("appointments.figures@anywhere"),
    "clinic-holidays": row("appointments.holidays@anywhere", "appointments.holidays@anywhere"),
    "clinic-new": row("appointments.clinics@anywhere", "appointments.clinics@anywhere"),
    "clinic": row("appointments.clinics@here", "appointments.clinics@here", clinic_id="clinic_id"),
    "clinic-day": row("appointments.view@here", clinic_id="clinic_id"),
    "clinic-wall": row("appointments.view@here", clinic_id="clinic_id"),
    "appointment": row("appointments.view@here", request_id="seat_request_id"),
    "appointment-cancel": step("appointments.book@here", "seat_request_id", reason="went home"),
    "seat-hold": step("appointments.book@here", "asked_id", clinic="$clinic_id", start="2099-01-01T00:00:00+00:00"),
    "seat-confirm": step("appointments.book@here", "seat_id"),
    "seat-release": step("appointments.book@here", "seat_id"),
    "seat-check-in": step("appointments.receive@here", "seat_id"),
    "seat-no-show": step("appointments.receive@here", "seat_id"),
    "seat-come-in": step("appointments.see@here", "seat_id"),
    "seat-pass": step("appointments.see@here", "seat_id"),
    "seat-finish": step("appointments.see@here", "seat_id"),
    "session-call": step("appointments.see@here", "clinic_id"),
    "session-close": step("appointments.sessions@here", "clinic_id", day="$tomorrow", reason="away"),
    "session-reopen": step("appointments.sessions@here", "clinic_id", day="$tomorrow"),
    # ambulances
    "dispatch": row("dispatch.view@anywhere"),
    "dispatch-new": row("dispatch.request@anywhere", "dispatch.request@anywhere"),
    "crews": row("dispatch.drive@anywhere"),
    "crew": row(DRIVE, vehicle_id="vehicle_id"),
    "vehicle-new": row("dispatch.fleet@anywhere", "dispatch.fleet@anywhere"),
    "vehicle": row("dispatch.fleet@here", "dispatch.fleet@here", vehicle_id="vehicle_id"),
    "transport": row("dispatch.view@here", request_id="trip_request_id"),
    "transport-hand": row(DRIVE, DRIVE, {"received_by": "a doctor"}, booking_id="trip_id"),
    "transport-assign": step(
        "dispatch.assign@here", "carry_id", vehicle="$vehicle_id", leave="2099-01-01T00:00:00+00:00"
    ),
    "transport-confirm": step("dispatch.assign@here", "trip_id"),
    "transport-release": step("dispatch.assign@here", "trip_id"),
    "transport-cancel": step("dispatch.request@here", "trip_request_id", reason="walks"),
    "transport-step": step(DRIVE, "trip_id", step="alerted"),
    "transport-back": step(DRIVE, "trip_id"),
    "vehicle-home": step(DRIVE, "vehicle_id"),
    # referrals
    "referrals": row("referrals.view@anywhere"),
    "referral-new": row("referrals.send@anywhere", "referrals.send@anywhere"),
    "referral-patients": row(post="referrals.send@anywhere", data={"q": "qian"}),
    "referral-live": row(post="referrals.send@anywhere", data={"patient": "$patient_id"}),
    "referral-edit": row("referrals.send@here", "referrals.send@here", referral_id=REFERRAL),
    "referral-arrivals": row("referrals.view@anywhere"),
    "referral-arrival": row("referrals.view@here", referral_id=REFERRAL),
    "referral-candidates": row("referrals.view@anywhere"),
    "referral-candidate": row("referrals.send@here", "referrals.send@here", candidate_id="candidate_id"),
    "referral-candidate-dismiss": row(post="referrals.send@here", candidate_id="candidate_id", data={"reason": "x"}),
    "referral-agreements": row("referrals.view@anywhere", "referrals.agree@anywhere"),
    "referral-agreement-new": row(
        "referrals.agree@anywhere",
        "referrals.agree@here",
        {"sender": "$outpost_code", "receiver": "$organisation_code", "valid_from": "2026-05-01"},
    ),
    "referral-agreement": row("referrals.agree@here", "referrals.agree@here", agreement_id="agreement_id"),
    "referral-agreement-end": row(post="referrals.agree@here", agreement_id="agreement_id"),
    "referral-rules": row("referrals.rules@here", "referrals.rules@here", organisation_id="organisation_id"),
    "referral-figures": row("referrals.figures@anywhere"),
    "referral": row("referrals.view@here", referral_id=REFERRAL),
    "referral-back": row("referrals.receive@here", "referrals.receive@here", referral_id=REFERRAL),
    "referral-documents": row(post="referrals.care@here", referral_id=REFERRAL),
    "referral-document": row("patients.view@here", referral_id=REFERRAL, document_id="document_id"),
    "referral-task": row(post="referrals.care@here", referral_id=REFERRAL, task_id="task_id"),
    "referral-step": row(post="referrals.receive@here", referral_id=REFERRAL, verb="=accept"),
    # plans
    "planning:plans": row(
        "planning.view@anywhere",
        "planning.run@here",
        {"where": "organisation:$organisation_id", "days": "14", "seconds": "10"},
    ),
    "planning:plan": row("planning.view@here", run_id="run_id"),
    "planning:stop": row(post="planning.run@here", run_id="run_id"),
    "planning:accept": row(post="planning.accept@here", run_id="run_id", data={"accept": "$proposal_tick"}),
    # forecasts
    "planning:forecasts": row("planning.foresee@anywhere"),
    "planning:calibration": row("planning.foresee@anywhere"),
    # scenarios
    "planning:scenarios": row("planning.scenario@anywhere"),
    "planning:scenario-ask": row(
        "planning.scenario@anywhere",
        "planning.scenario@here",
        {"organisation": "$organisation_id", "policies": "silo", "penalty": "23", "days": "14", "seconds": "30"},
    ),
    "planning:scenario": row("planning.scenario@here", scenario_id="scenario_id"),
    "planning:scenario-stop": row(post="planning.scenario@here", scenario_id="scenario_id"),
    "planning:scenario-save": row(post="planning.scenario@here", scenario_id="scenario_id", data={"name": "x"}),
    "planning:scenario-share": row(post="planning.scenario@here", scenario_id="scenario_id", data={"shared": "1"}),
    "planning:scenario-remove": row(post="planning.scenario@here", scenario_id="scenario_id"),
    "planning:scenario-apply": row(post="network.policy@here", scenario_id="scenario_id", data={"key": "silo"}),
    "demo-pace": row("demo.pace@anywhere", "demo.pace@anywhere", data={"speed": "10"}),
}

ONLY_WITH = {"demo-pace": "the demo", "ui:guide": "the demo"}
"""Addresses that an installation without it does not have."""
