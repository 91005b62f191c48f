"""Words for a database that does not do what it should: `yipan.ui.outages`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "database_away": _(
        "Yipan cannot reach its database just now. Please wait a moment, and look whether your last step was done "
        "before you repeat it."
    ),
    "database_busy": _("Others were changing the same things at this moment. Nothing was changed; please try again."),
    "database_full": _(
        "The disk of the database is full. Nothing was changed, and nothing can be saved until your administrator "
        "makes room."
    ),
}
