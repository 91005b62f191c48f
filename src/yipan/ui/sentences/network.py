"""Words for the network: what is wrong with a file, what an import did, what an editor refused.

The network's forms and its command say codes themselves, and that room lies below this one: it is handed the way here.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yipan.base.network import hooks

SENTENCES: dict[str, str | Promise] = {
    # one cell
    "network_value_missing": _("Nothing is given here. Fill in this cell."),
    "network_value_too_long": _("This has {length} characters; at most {limit} fit. Shorten it."),
    "network_value_control": _("There is a line break or an invisible character in this cell. Remove it."),
    "network_value_nested": _("A single value belongs here, not a list or a group."),
    "network_code_signs": _(
        "A code has no spaces, commas, semicolons or quotation marks. Write it with - or _ instead."
    ),
    "network_number_needed": _("A number is needed here."),
    "network_whole_number_needed": _("A whole number is needed here."),
    "network_number_range": _("The number must lie between {low} and {high}."),
    "network_yes_no_needed": _("Write true or false (是 or 否)."),
    "network_choice_unknown": _("This word is not known. Use one of: {choices}."),
    "network_time_zone_unknown": _("This time zone is not known. Write it like Asia/Shanghai."),
    # one row
    "network_row_twice": _("This row is there twice; the first is row {first}. Remove one or correct its code."),
    "network_row_too_long": _(
        "This row has more cells than the {columns} columns of the header. "
        "Put quotation marks around text that holds a separator."
    ),
    "network_row_shape": _("A row is a group of values by column: {columns}."),
    "network_reference_unknown": _("This code is not in {table}. Add it there or correct it here."),
    "network_reference_near": _("This code is not in {table}. Did you mean {near}?"),
    "network_reference_zeros": _(
        "This code is not in {table}, but {near} is. A spreadsheet drops zeros: format the columns of codes as text."
    ),
    "network_reference_removed": _(
        "This stored row still names a row of {table} that would be removed. Change it first."
    ),
    "network_room_unknown": _("Ward {ward} has no room with this label. Add it to rooms or correct it here."),
    "network_same_twice": _("Both ends of this row are the same. Name two different ones, or remove the row."),
    "network_cycle": _("{organisation}: an organisation cannot be above itself. Correct the parent."),
    "network_parent_unknown": _("The organisation above {organisation} does not exist."),
    "network_coordinate_half": _("Give both latitude and longitude, or neither."),
    "network_other_site": _(
        "This department belongs to site {site}, but the row is at site {here}. Name a department of the same site."
    ),
    "network_ages_order": _("The highest age is below the lowest age {age_min}."),
    "network_nurses_too_many": _("More nurses are qualified than the ward has ({total})."),
    "network_rank_twice": _(
        "Department {within} has this rank twice; the first is row {first}. Give each ally its own rank."
    ),
    "network_bed_label_twice": _(
        "Ward {within} has this bed label twice; the first is row {first}. Give each bed its own label."
    ),
    # one file
    "network_encoding": _("The text cannot be read. Save the file as UTF-8 or GB18030."),
    "network_csv_broken": _(
        "From here on the rows cannot be told apart ({reason}). Look for a quotation mark that is not closed."
    ),
    "network_header_missing": _("The file is empty. Its first row names the columns: {columns}."),
    "network_column_unknown": _("There is no such column. Columns are: {columns}."),
    "network_column_twice": _("This column is there twice. Remove one."),
    "network_column_missing": _("This column ({title}) is missing in the header. Add it."),
    "network_document_broken": _("The file cannot be read from here on: {reason}."),
    "network_document_shape": _("Only these names belong at the top of the file, each with a list of rows: {names}."),
    "network_policy_shape": _("A policy is a group of keys under the code of its organisation."),
    "network_file_kind": _("Give a folder or .zip of CSV files, or one .csv, .toml or .json file."),
    "network_file_unknown": _(
        "No table has this name, so nothing of the file would be used. Files are named: {names} (with .csv)."
    ),
    "network_file_too_large": _("Unpacked, this file is larger than any network. Is it the right one?"),
    "network_file_unreadable": _("{path} cannot be read: {reason}."),
    "network_zip_broken": _("The zip file is damaged or locked with a password. Pack it again."),
    "network_nothing_found": _("There is nothing to import here. Tables are named: {names}."),
    # a whole import
    "network_file_invalid": _("Nothing was imported. Problems found: {count}."),
    "network_removal_refused": _(
        "Nothing was imported: rows of {table} that the file no longer holds are still in use ({count}, for instance "
        "patients or bookings). Leave them in the file, or close the beds first."
    ),
    "network_checking": _("Checking the files"),
    "network_check_passed": _("Everything is right: {rows} rows in {tables} tables."),
    "network_import_done": _("The network is imported."),
    "network_dry_run_done": _("This is what would change; nothing was written."),
    "network_nothing_to_change": _("The network is as the files say already; nothing was changed."),
    "network_export_done": _("Written to {path} (files: {files})."),
    "network_hospitals_left_out": _("Left out, with fewer than {minimum} beds available: {hospitals}."),
    "network_rows_added": _("added"),
    "network_rows_changed": _("changed"),
    "network_rows_removed": _("removed"),
    "network_rows_unchanged": _("unchanged"),
    # the editor
    "network_object_unknown": _("This is not in the network, or you may not see it."),
    "network_upload_gone": _("The checked file is no longer here. Upload it again."),
    "network_changed_meanwhile": _(
        "Somebody else has changed the network meanwhile. Look at the page again, then repeat your change."
    ),
    "network_form_invalid": _("Nothing was saved. Please correct the marked fields."),
    "network_upload_missing": _("Choose a file first."),
    "network_upload_too_large": _(
        "The file is larger than {limit} MB. Import it on the command line: yipan network import."
    ),
    "network_policy_text_broken": _("The text is not TOML: {reason}."),
}


def _say(code: str, params: Mapping[str, Any]) -> str:
    from yipan.ui.messages import sentence  # that module loads this one

    return sentence(code, params)


hooks.use_sentences(_say)
