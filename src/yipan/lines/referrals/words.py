"""Codes of referrals in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "referral_unknown": _("This referral does not exist, or is not one of yours."),
    "referral_step": _("This step is no longer possible: the referral has moved on meanwhile. Reload the page."),
    "referral_live": _("This patient already has a referral for this problem that is not over: {number}."),
    "referral_same_organisation": _("Choose another organisation: inside one, patients are transferred."),
    "step_before_last": _("This lies before the step before it."),
    "agreement_missing": _("There is no agreement about referrals with this partner."),
    "agreement_not_yet": _("The agreement with this partner is not in force yet."),
    "agreement_over": _("The agreement with this partner has ended."),
    "agreement_specialty": _("The agreement with this partner does not cover this specialty."),
    "agreement_pathway": _("The agreement with this partner is for other green channels."),
    "agreement_weekday": _("The agreement with this partner does not cover this day of the week."),
    "agreement_hours": _("The agreement with this partner covers the hours from {opens} to {closes}."),
    "agreement_no_direct": _("No agreement lets you reserve there yourself: send the referral without it."),
    "agreement_there": _("There is such an agreement already."),
    "agreement_unknown": _("This agreement does not exist."),
    "agreement_row": _("Row {row} cannot be used: {field} {why}"),
    "agreement_file": _("This is no CSV file with the columns that are needed: {columns}"),
    "specialty_unknown": _("There is no such specialty."),
    "organisation_unknown": _("There is no such organisation."),
    "hours_both": _("Write both hours, or none."),
    "rules_unreadable": _("The rules cannot be read: {where}"),
    "nothing_chosen": _("Choose what is to be reserved, or send without it."),
    "part_taken": _("Somebody else has just taken it. Please choose another one."),
    "part_failed": _("{part}: {why} Nothing was reserved."),
    "document_kind": _("Only PDF, JPEG and PNG files can be added."),
    "document_too_large": _("A file may have 10 MB at most."),
    "document_too_many": _("A referral can have 20 documents."),
    "document_unknown": _("This document does not exist."),
    "task_unknown": _("This task does not exist."),
    "task_done": _("{by} has done this already."),
    "task_incomplete": _("A task needs its kind, a title and a day."),
    "tasks_too_many": _("A referral can have 30 tasks."),
    "candidate_unknown": _("This proposal does not exist."),
    "candidate_decided": _("Somebody has decided about this patient already."),
    "text_too_long": _("This text is too long."),
    "down_diagnosis": _("Diagnosis {found}"),
    "down_days": _("{found} days since admission"),
    "down_severity": _("Severity: {found}"),
    "down_nursing": _("Nursing level: {found}"),
    "down_ventilator": _("No ventilator"),
    "down_isolation": _("No isolation"),
    "referral_to_unknown": _("The message does not name a department that is known here."),
    "answer_unknown": _("The answer of the partner cannot be read: {status}"),
}

AUDITED = {
    "referrals.agreement": _("An agreement about referrals was made or changed"),
    "referrals.rules": _("The rules of referrals were changed"),
}

MILESTONES = {
    "fmc": _("First medical contact"),
    "ecg": _("First ECG"),
    "first_door": _("Arrived at the first hospital"),
    "door_out": _("Left the first hospital"),
    "door": _("Arrived at the receiver"),
    "device": _("Wire through the lesion, from first contact"),
    "balloon": _("Wire through the lesion, from arrival"),
    "onset": _("Last seen well"),
    "physician": _("Seen by the stroke physician"),
    "ct": _("CT of the head"),
    "needle": _("Thrombolysis begun"),
    "stroke_device": _("Thrombectomy begun"),
    "injury": _("Injury"),
    "tranexamic": _("Tranexamic acid given"),
    "trauma_ct": _("Trauma CT"),
    "severe_pressure": _("Severe blood pressure first measured"),
    "antihypertensive": _("Antihypertensive given"),
    "decision": _("Decision for caesarean"),
    "delivery": _("Child born"),
    "birth": _("Birth"),
    "cooling": _("Cooling begun"),
    "sepsis_decision": _("Sepsis suspected"),
    "antibiotics": _("Antibiotics given"),
}

SUMMARY = {
    "reason": _("Reason for the referral"),
    "history": _("Medical history"),
    "findings": _("Findings"),
    "vitals": _("Vital signs"),
    "medicines": _("Medicines"),
    "allergies": _("Allergies"),
    "treatment": _("Treatment so far"),
    "results": _("Results"),
    "asked": _("What is asked"),
    "plan": _("Plan of care"),
}

VERBS = {
    "send": _("Send"),
    "accept": _("Accept"),
    "return": _("Ask for information"),
    "refuse": _("Refuse"),
    "book": _("Reserve places"),
    "depart": _("Patient has set out"),
    "arrive": _("Patient has arrived"),
    "treat": _("Treatment done"),
    "send_back": _("Send back with a plan"),
    "close": _("End here"),
    "withdraw": _("Withdraw"),
}
DIRECTIONS = {"up": _("Up"), "down": _("Down"), "sideways": _("Sideways")}
URGENCIES = {"emergency": _("Emergency"), "urgent": _("Urgent"), "elective": _("Elective")}
