"""Why one bed was refused, in words. Placement speaks of many beds ("3 of 4 …"); here it is about a single one."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import YipanError
from yipan.ui import messages

RULES: Mapping[str, str | Promise] = {
    "place_refused_current_bed": _("it is the patient's present bed"),
    "place_refused_closed": _("it is closed"),
    "place_refused_held": _("it is held for somebody else"),
    "place_refused_occupied": _("somebody is in it"),
    "place_refused_not_ready": _("it will be ready too late"),
    "place_refused_promised": _("it is booked for the next patient"),
    "place_refused_level_too_low": _("its level of care is too low"),
    "place_refused_intensive_kept": _("intensive beds are only for those who need them"),
    "place_refused_severity": _("critical and serious patients stay with their own specialty"),
    "place_refused_tier_off": _("the hospital's policy does not lend from there"),
    "place_refused_isolation_room": _("the room is not suitable for this isolation"),
    "place_refused_isolation_company": _("others in the room must not share this isolation"),
    "place_refused_room_infected": _("an infected patient is in the room"),
    "place_refused_room_protected": _("a patient in protective isolation is in the room"),
    "place_refused_room_for_men": _("the room is for men"),
    "place_refused_room_for_women": _("the room is for women"),
    "place_refused_room_with_men": _("men are in the room"),
    "place_refused_room_with_women": _("women are in the room"),
    "place_refused_room_sex_unknown": _("the patient's sex is not known and the room is not empty"),
    "place_refused_age": _("the patient's age does not fit the room"),
    "place_refused_child": _("it is not a children's room"),
    "place_refused_equipment": _("equipment that the patient needs is missing"),
    "place_refused_nursing_level": _("special nursing cannot be given there"),
    "place_refused_competence": _("too few nurses there are qualified"),
    "place_refused_workload": _("the ward's nurses are overloaded"),
    "place_refused_reserve": _("it is kept for emergencies"),
    "place_refused_kept_for_tomorrow": _("it is kept for tomorrow's own patients"),
    "place_refused_other_site": _("another site is not allowed"),
    "place_refused_road": _("it is too far by road"),
    "place_refused_walk": _("it is too far on foot"),
}


def sentence_of(error: YipanError) -> str:
    """The sentence of an error; a rule of placement is told in words that fit one bed."""
    rule = str(error.params.get("rule", ""))
    if error.code == "bed_refused" and rule in RULES:
        return messages.sentence(error.code, {**error.params, "rule": RULES[rule]})
    return messages.of_error(error)
