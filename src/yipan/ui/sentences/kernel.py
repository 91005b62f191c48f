"""Words for the codes of `yipan.kernel`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "time_without_zone": _("The time {value} names no time zone. Add one, for example +08:00."),
    "interval_empty": _("The end ({end}) must be later than the start ({start})."),
}
