"""Words for the errors of the web layer itself."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "page_not_found": _("There is no page at this address. It may have moved, or the link was cut short."),
    "server_error": _("Something broke on our side. What you had saved is safe; please try again in a moment."),
    "form_expired": _("This form was open for too long. Go back, reload the page and send it again."),
    "not_allowed": _("Your role does not allow this here. Ask your administrator if you need it."),
    "method_not_allowed": _("This address cannot be used in this way. Open it by the link or the button of its page."),
    "request_too_large": _("What was sent is larger than {megabytes} MB. Send a smaller file."),
    "form_too_large": _("The form holds more than can be taken at once. Shorten the text, or use the import of files."),
    "form_unreadable": _("What was sent could not be read as a form. Reload the page and send it again."),
    "text_has_nul": _("The field “{field}” holds a character that cannot be stored (NUL). Type the text anew."),
    "request_not_ours": _(
        "This request does not fit this server. Open Yipan by its usual address; "
        "an administrator finds the names of the server under YIPAN_HOSTS."
    ),
    "theme_unknown": _("There is no colour scheme “{theme}”. Choose one of the buttons."),
    "language_unknown": _("There is no language “{language}”. Choose one of the buttons."),
}
