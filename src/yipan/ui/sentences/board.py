"""Sentences of the bed board."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "place_unknown": _("There is no such ward, department or site, or it is not among yours."),
    "site_unknown": _("There is no site “{site}”, or it is not among yours. Choose one under Beds."),
}
