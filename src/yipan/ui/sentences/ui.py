"""Words for the errors of the web layer itself."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "page_not_found": _("There is no page at this address. It may have moved, or the link was cut short."),
    "server_error": _("Something broke on our side. What you had saved is safe; please try again in a moment."),
    "form_expired": _("This form was open for too long. Go back, reload the page and send it again."),
    "not_allowed": _("Your role does not allow this here. Ask your administrator if you need it."),
    "theme_unknown": _("There is no colour scheme “{theme}”."),
    "language_unknown": _("There is no language “{language}”."),
}
