"""Words of `yipan forecast`: what it does, what it found, and what can be wrong with a file of series."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "forecast_working": _("Forecasting {series} series from {days} days"),
    "forecast_country_found": _(
        "The series keep the public holidays of {country}, so these count. --country names another country."
    ),
    "forecast_measuring": _("Measuring {method}"),
    # the table of an evaluation
    "forecast_scored": _("{series} series, forecast from {origins} days for the {horizon} days after each."),
    "forecast_by_horizon": _("{method} by days ahead:"),
    "forecast_head_method": _("method"),
    "forecast_head_horizon": _("days ahead"),
    # history for the board
    "history_kept": _("{series} series of {days} days from {first} on are kept; the next forecasts learn from them."),
    "history_place": _(
        "There is no ward and no department with the code in “{series}”. Name series like CODE/arrivals, with a code "
        "of your network."
    ),
    "history_ambiguous": _(
        "“{series}”: {place} is a ward and a department. Write ward:{place} or department:{place} before the measure."
    ),
    "history_measure": _("“{series}” must end in a slash and one of: {measures}."),
    "history_negative": _("“{series}” has a value below zero; a count is never negative. Leave unknown days empty."),
    # the file
    "forecast_not_text": _("Line {line} is not text in UTF-8. Save the file as CSV in UTF-8."),
    "forecast_not_csv": _("Line {line} cannot be read as CSV: {why}."),
    "forecast_columns": _("Line {line} must name the column “{column}” once; it should be like {wanted}."),
    "forecast_cells": _("Line {line} has {found} cells; like the first line it should have {wanted}."),
    "forecast_nameless": _("Line {line}: the name of the series is missing."),
    "forecast_day": _("Line {line}: “{value}” is no date; write it as 2026-03-31."),
    "forecast_value": _("Line {line}: “{value}” is no number; write it as 12 or 12.5, or leave it empty when unknown."),
    "forecast_twice": _("Line {line}: {series} has a value for {day} already; leave one of the two."),
    "forecast_empty": _("There is no row of values in the file. It needs lines like 2026-03-31,Ward 1,12."),
    "forecast_too_long": _("From {first} to {last} is more than a hundred years; one of these dates must be wrong."),
    "forecast_country": _("No public holidays are known for “{value}”. Give a code such as CN, DE or GB-ENG."),
    "forecast_test_does_not_fit": _(
        "The file has {days} days; a test of {test} days at a horizon of {horizon} does not fit. Give other --days."
    ),
}
