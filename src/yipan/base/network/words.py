"""Names of tables, columns and audited acts, for the pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yipan.base.network.models import Isolation, LevelOfCare, SexPolicy

Words = str | Promise

TABLES: dict[str, Words] = {
    "organisations": _("Organisations"),
    "sites": _("Sites"),
    "specialties": _("Specialties"),
    "departments": _("Departments"),
    "wards": _("Wards"),
    "competences": _("Nursing competences"),
    "rooms": _("Rooms"),
    "beds": _("Beds"),
    "alliances": _("Alliances"),
    "similarities": _("Similar specialties"),
    "walks": _("Walking times"),
    "roads": _("Road times"),
    "policy": _("Policy"),
}

COLUMNS: dict[str, Words] = {
    "name": _("Name of the place"),
    "name_en": _("English name"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "time_zone": _("Time zone"),
    "building": _("Building"),
    "floor": _("Floor"),
    "nurses_total": _("Nurses of the ward"),
    "emergency_reserve": _("Beds kept for emergencies"),
    "turnover_minutes": _("Minutes to clean a bed"),
    "nurses_qualified": _("Qualified nurses"),
    "sex_policy": _("Who may share the room"),
    "isolation": _("Isolation"),
    "age_min": _("Youngest age"),
    "age_max": _("Oldest age"),
    "label": _("Bed number"),
    "department": _("Department"),
    "oxygen": _("Oxygen supply"),
    "monitor": _("Monitor"),
    "ventilator": _("Ventilator"),
    "level_of_care": _("Level of care"),
    "rank": _("Order"),
    "similarity": _("Similarity"),
    "minutes": _("Minutes"),
}

HELP: dict[str, Words] = {
    "name_en": _("Shown to people who read English; may be empty."),
    "latitude": _("In degrees; both or none. Without coordinates no drive is estimated."),
    "floor": _("Negative for basements."),
    "emergency_reserve": _("Empty: as the policy says."),
    "turnover_minutes": _("Empty: as the policy says."),
    "age_min": _("Completed years; empty: no limit."),
    "age_max": _("Completed years; empty: no limit."),
}

CHOICES: dict[str, list[tuple[str, Words]]] = {
    "sex_policy": list(SexPolicy.choices),
    "isolation": list(Isolation.choices),
    "level_of_care": list(LevelOfCare.choices),
}

ACTIONS: dict[str, Words] = {
    "network.imported": _("Network imported"),
    "network.edited": _("Network edited"),
    "network.policy": _("Policy edited"),
    "network.exported": _("Network exported"),
}

THINGS: dict[str, Words] = {
    "network": _("Network"),
}
"""What entries of the audit trail concern."""
