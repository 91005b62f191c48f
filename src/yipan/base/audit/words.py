"""Names of the acts that this room itself records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "row.insert": _("Row added outside Yipan"),
    "row.update": _("Row changed outside Yipan"),
    "row.delete": _("Row removed outside Yipan"),
    "row.truncate": _("Table emptied outside Yipan"),
    "list.read": _("Looked at a list of patients"),
    "audit.exported": _("Exported the audit trail"),
}

THINGS = {
    "audit": _("Audit trail"),
    "list": _("List"),
}
"""What entries of the audit trail concern."""
