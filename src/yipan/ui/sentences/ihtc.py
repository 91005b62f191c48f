"""What can be wrong with a problem in the format of the Integrated Healthcare Timetabling Competition."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "ihtc_not_json": _("This is not JSON: line {line}, column {column} cannot be read."),
    "ihtc_not_object": _("{path}: {value} stands where a group of named values belongs."),
    "ihtc_not_list": _("{path}: {value} stands where a list belongs."),
    "ihtc_not_text": _("{path}: {value} stands where a text belongs."),
    "ihtc_not_flag": _("{path}: {value} stands where true or false belongs."),
    "ihtc_not_whole": _("{path}: {value} is not a whole number."),
    "ihtc_missing": _("{path} is missing."),
    "ihtc_empty": _("{path}: at least one entry is needed."),
    "ihtc_twice": _("{path}: {value} is there twice."),
    "ihtc_range": _("{path}: {value} is not between {low} and {high}."),
    "ihtc_length": _("{path} has {count} entries; it needs {needed}."),
    "ihtc_unknown": _("{path}: {value} is not in {table}."),
    "ihtc_gender": _("{path}: {value} is neither A nor B."),
    "ihtc_past_last_day": _("{path}: {value} is past the last day {last}."),
    "ihtc_due_before_release": _("{path}: {value} is before the release day {release}."),
    # no plan can exist
    "ihtc_no_room": _("{path}: no room is fit for patient {patient}, who must be admitted."),
    "ihtc_no_day": _(
        "{path}: patient {patient} must be admitted, but on no day from release to due have the surgeon, a theatre and "
        "nurses the time."
    ),
    "ihtc_room_overfull": _("{path}: on day {day} room {room} would have more occupants than its {capacity} beds."),
    "ihtc_genders_mixed": _("{path}: on day {day} room {room} would have occupants of both genders."),
    "ihtc_no_nurse": _("{path}: nobody works on day {day} in shift {shift}, but room {room} is occupied."),
}
