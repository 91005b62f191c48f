"""Sentences of this room that pages show: names of audited actions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "login": _("Signed in"),
    "login.failed": _("Failed to sign in"),
    "logout": _("Signed out"),
    "user.create": _("Created a user"),
    "user.grant": _("Gave a role"),
    "user.revoke": _("Took a role away"),
    "user.password_reset": _("Reset a password"),
    "user.password_change": _("Changed the own password"),
    "user.activate": _("Activated a user"),
    "user.deactivate": _("Deactivated a user"),
    "keys.resealed": _("Sealed rows with the new key"),
}
