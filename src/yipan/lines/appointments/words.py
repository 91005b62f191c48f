"""Codes of the clinics in words: errors, and what speaks for a seat."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yipan.lines.appointments.models import Clinic
from yipan.lines.appointments.queries.proposals import Proposal
from yipan.ui import filters

SENTENCES = {
    "clinic_unknown": gettext_lazy("This clinic does not exist, or is not among yours."),
    "clinic_code_taken": gettext_lazy("Another clinic has this code already."),
    "clinic_closed": gettext_lazy("This session does not take place. Choose another day."),
    "seat_unknown": gettext_lazy("The clinic has no seat at this time. Choose one of the list."),
    "seat_taken": gettext_lazy("Somebody else has just taken this seat. Please choose another one."),
    "seat_past": gettext_lazy("This seat's time has passed. Choose a later one."),
    "seats_kept": gettext_lazy("The seats that are left are kept for referrals until a day before the session."),
    "appointment_step": gettext_lazy("This is no longer possible: the appointment has changed meanwhile."),
    "appointment_early": gettext_lazy("Patients are received on the day of their appointment only."),
    "somebody_inside": gettext_lazy("Somebody is with the doctor. Finish that visit first."),
    "nobody_waits": gettext_lazy("Nobody waits for this clinic now."),
    "session_closed_already": gettext_lazy("This session is closed already."),
    "session_open": gettext_lazy("This session is not closed."),
    "session_unknown": gettext_lazy("The clinic does not take place on this day."),
    "clinic_times": gettext_lazy("The session must end after it begins."),
    "clinic_days": gettext_lazy("The last day must not be before the first."),
    "clinic_minutes": gettext_lazy("Between 2 and 240 minutes."),
    "clinic_kept": gettext_lazy("Between 0 and 200 seats."),
    "clinic_weeks": gettext_lazy("Between 1 and 8 weeks."),
    "clinic_weekdays": gettext_lazy("Choose at least one day of the week."),
}


def who(clinic: Clinic) -> str:
    """The clinic as it stands in a list: specialty and doctor."""
    return f"{clinic.department.specialty.label} · {clinic.practitioner.label}"


def reasons(found: Proposal) -> tuple[str, ...]:
    """What speaks for a seat, in the active language."""
    clinic, site = found.clinic, found.clinic.capacity.site
    at = filters.moment(found.seat.start, site)
    told = [_("Earliest free seat: %(at)s") % {"at": at} if found.first else _("Free seat: %(at)s") % {"at": at}]
    if found.minutes is not None:
        near = _("At the patient's own place")
        told.append(near if found.minutes == 0 else _("%(n)s min by road") % {"n": round(found.minutes)})
    if found.known:
        told.append(_("%(doctor)s has seen the patient before") % {"doctor": clinic.practitioner.label})
    if visiting(clinic):
        told.append(_("Visiting from %(place)s") % {"place": clinic.department.site.label})
    told.append(_("%(n)s seats free in this session") % {"n": found.free})
    return tuple(told)


def visiting(clinic: Clinic) -> bool:
    """Whether the doctor comes from another site."""
    return bool(clinic.department.site_id != clinic.capacity.site_id)
