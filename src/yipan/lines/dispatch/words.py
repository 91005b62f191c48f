"""Codes of the ambulances in words: errors, and what speaks for a vehicle."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yipan.lines.dispatch.queries.proposals import Proposal
from yipan.ui import filters

SENTENCES = {
    "vehicle_unknown": gettext_lazy("This vehicle does not exist, or is not among yours."),
    "vehicle_taken": gettext_lazy("The vehicle is on another transport at that time. Please choose another one."),
    "vehicle_out_of_service": gettext_lazy("The vehicle is out of service."),
    "vehicle_level": gettext_lazy("The vehicle cannot do what this patient needs on the way."),
    "call_sign_taken": gettext_lazy("Another vehicle has this call sign already."),
    "road_unknown": gettext_lazy("Nobody knows how far it is: give the sites their coordinates or road minutes."),
    "transport_same_place": gettext_lazy("The patient is there already: choose another destination."),
    "transport_step": gettext_lazy("This step is no longer possible: the transport has changed meanwhile."),
    "transport_double": gettext_lazy("Another vehicle is to carry this patient at that time."),
    "step_back_late": gettext_lazy("Only the last step of the last five minutes can be taken back."),
    "vitals_range": gettext_lazy("This value is not possible. Please measure or type it again."),
    "preparation_range": gettext_lazy("Between 0 and 60 minutes."),
}


def reasons(found: Proposal) -> tuple[str, ...]:
    """What speaks for a vehicle, in the active language."""
    base = found.vehicle.capacity.site
    at = filters.moment(found.trip.at_patient, base)
    told = [(_("First with the patient: %(at)s") if found.first else _("With the patient: %(at)s")) % {"at": at}]
    told.append(_("At the destination: %(at)s") % {"at": filters.moment(found.trip.arrive, base)})
    told.append(_("From %(base)s, %(n)s min by road") % {"base": base.label, "n": round(found.roads.out)})
    if found.more:
        told.append(_("Can do more than is needed"))
    return tuple(told)
