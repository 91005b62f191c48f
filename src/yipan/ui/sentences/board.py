"""Sentences of the board and of what is booked on it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "place_unknown": _("There is no such ward, department or site, or it is not among yours."),
    "site_unknown": _("There is no site “{site}”, or it is not among yours. Choose one under Beds."),
    "patient_busy": _("The patient has another appointment at that time. Choose another time."),
    "part_lost": _("A part of this booking was lost meanwhile ({part}). Choose again what is to be reserved."),
    "joint_empty": _("Choose at least one thing to reserve."),
    "joint_mismatch": _("This offer does not belong to the request. Search again."),
    "joint_unknown": _("This cannot be reserved together with other things ({part})."),
}
