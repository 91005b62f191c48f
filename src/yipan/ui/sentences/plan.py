"""Words of `yipan plan`: what one sees while it searches, and what can be wrong with its files."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    # while it runs
    "plan_preparing": _("Getting ready"),
    "plan_progress": _("Cost {cost}, {left} s left"),
    "plan_progress_moves": _("Cost {cost}, {done} of {total} moves"),
    "plan_stopping": _("Cost {cost}, stopping"),
    "plan_not_yet_feasible": _("not yet possible"),
    # the files
    "plan_unreadable": _("The file {path} cannot be read: {why}."),
    "plan_unwritable": _("Nothing can be written to {path}. Name a file in a directory that you may write to."),
    "plan_over_source": _("This would replace the file it is made from, {path}. Give it another name."),
    "plan_not_written": _("{path} could not be written: {why}."),
    # the file of a Patient Admission Scheduling instance
    "pas_not_text": _("Line {line} is not text in UTF-8."),
    "pas_ends_early": _("The file ends at line {line}, where “{wanted}” should go on."),
    "pas_heading": _("Line {line} is “{value}”; “{wanted}” should stand there."),
    "pas_parts": _("Line {line} has {found} parts between bars; it should have {wanted}: “{value}”."),
    "pas_words": _("Line {line}: “{value}” has {found} words; it should have {wanted}."),
    "pas_pairs": _("Line {line}: “{value}” should be pairs of a level and a specialism."),
    "pas_number": _("Line {line}: “{value}” is not a whole number from {low} to {high}."),
    "pas_sex": _("Line {line}: “{value}” is neither M nor F."),
    "pas_policy": _("Line {line}: “{value}” is no policy of a room. It should be D, M, F or N."),
    "pas_twice": _("Line {line}: {section} {value} stands there twice."),
    "pas_unknown_specialism": _("Line {line}: there is no specialism {value}."),
    "pas_unknown_department": _("Line {line}: there is no department {value}."),
    "pas_unknown_room": _("Line {line}: there is no room {value}."),
    "pas_unknown_bed": _("Line {line}: there is no bed {value}."),
    "pas_unknown_patient": _("Line {line}: no patient {value} waits for a bed there."),
    "pas_stay_backwards": _("Line {line}: the patient leaves on day {value}, before she comes on day {first}."),
    "pas_nights_differ": _("Line {line}: the segments have {value} nights, the stay has {nights}."),
    "pas_beds_differ": _("Room {room} is for {capacity} patients but has {beds} beds under BEDS."),
    "pas_too_few_beds": _("On night {night} there are {patients} patients and only {beds} beds: no plan is possible."),
    # the file of a ward's nurses
    "nurses_not_toml": _("This is no TOML file: {why}."),
    "nurses_wrong": _("{path}: “{value}” is not possible here; it should be like {expected}."),
    # the outcome
    "plan_breaks_rules": _("No plan that keeps every rule was found ({rules}). Nothing was written."),
}
