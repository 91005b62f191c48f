"""Words for the codes of `yipan.base.patients`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "patient_unknown": _("There is no such patient."),
    "patient_name_missing": _("The patient's name is missing."),
    "patient_sex_unknown": _("“{sex}” is no sex that can be recorded. Use male, female, other or unknown."),
    "birth_date_impossible": _("The birth date {given} is in the future or too long ago."),
    "phone_shape": _("“{value}” is no phone number. A mobile number has 11 digits; numbers abroad begin with +."),
    "id_number_shape": _("An ID card number has 18 characters, or 15 in its old form; this has {length}."),
    "id_number_region": _("The ID card number begins with {region}, which is no province."),
    "id_number_date": _("The birth date in the ID card number ({digits}) does not exist."),
    "id_number_check": _("The last character of the ID card number does not fit the others. Please check each digit."),
    "id_number_other_birth_date": _("The ID card number says that the birth date is {card}, but {given} was entered."),
    "id_number_other_sex": _("The ID card number is one of the other sex than entered."),
    "identifier_missing": _("An identifier needs a number and the code of who assigned it."),
    "identifier_taken": _(
        "Another patient has this number of {system} already. If it is one person, merge the records."
    ),
    "identifier_unknown": _("No patient has the number “{value}”."),
    "identifier_of_several": _("Several patients have the number “{value}”. Use a number that only one of them has."),
    "export_reason_missing": _("Say why the data are handed out, and to whom."),
    "erase_reason_missing": _("Say why the person is made anonymous."),
    "erase_under_care": _(
        "Somebody who waits for a bed, has one kept or lies in one is under care; discharge or withdraw first."
    ),
    "erased": _("This person was made anonymous already."),
    "duplicate_unknown": _("There is no such pair of records."),
    "duplicate_decided": _("This pair has been decided already."),
    "merge_unknown": _("There is no such merge."),
    "merge_with_itself": _("A record cannot be merged with itself."),
    "merge_reason_missing": _("Say why the records are one person."),
    "merge_choose_survivor": _("Choose the record that stays."),
    "merge_already": _("One of the two records has been merged already. Open it again to see where it went."),
    "merge_rows_collide": _("The records cannot be joined, because they contradict each other. Nothing was changed."),
    "merge_rows_changed": _("What was merged has been moved on since, so the merge cannot be undone."),
    "merge_undone_already": _("This merge has been undone already."),
    "merge_undo_later_first": _("The record that stayed was merged further. Undo that later merge first."),
}
