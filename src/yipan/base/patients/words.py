"""Sentences of this room that pages show: names of audited actions, and the evidence for duplicates."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "patient.read": _("Opened a patient record"),
    "patient.register": _("Registered a patient"),
    "patient.update": _("Changed a patient"),
    "patient.identifier": _("Added an identifier to a patient"),
    "patient.merge": _("Merged two patient records"),
    "patient.unmerge": _("Undid a merge of patient records"),
    "patient.export": _("Handed out everything known of a patient"),
    "patient.erase": _("Made a patient anonymous"),
    "duplicate.different": _("Decided that two records are different people"),
    "duplicate.reopen": _("Reopened a pair of records for decision"),
}

EVIDENCE = {
    "name_same": _("same name"),
    "name_sounds_same": _("name sounds the same"),
    "name_one_character": _("name differs by one character"),
    "name_differs": _("different name"),
    "birth_same": _("same birth date"),
    "birth_near": _("birth dates differ by swapped digits"),
    "birth_differs": _("different birth date"),
    "sex_same": _("same sex"),
    "sex_differs": _("different sex"),
    "phone_same": _("same phone number"),
    "phone_differs": _("different phone number"),
    "national_id_near": _("ID card numbers differ by one slip"),
    "national_id_differs": _("different ID card number"),
    "identifier_conflict": _("the same identifier with contradicting data"),
    "named_together": _("one message named both as one person"),
}

IDENTIFIER_TYPES = {
    "MR": _("Medical record number"),
    "NI": _("ID card number"),
    "SS": _("Social insurance number"),
    "HC": _("Health card number"),
    "PPN": _("Passport number"),
    "VN": _("Visit number"),
    "PI": _("Patient number"),
}


def identifier_type(code: str) -> str:
    """The type in the active language; a rare one shows its code of HL7 table 0203."""
    return str(IDENTIFIER_TYPES.get(code, code))


FIELDS = {
    "patient_name_missing": "name",
    "birth_date_impossible": "birth_date",
    "date_unreadable": "birth_date",
    "phone_shape": "phone",
    "id_number_shape": "national_id",
    "id_number_region": "national_id",
    "id_number_date": "national_id",
    "id_number_check": "national_id",
    "id_number_other_birth_date": "national_id",
    "id_number_other_sex": "national_id",
}


def field_of(code: str) -> str:
    """The field of the patient form that an error speaks of, "" for none."""
    return FIELDS.get(code, "")


THINGS = {
    "patient": _("Patient"),
}
"""What entries of the audit trail concern."""
