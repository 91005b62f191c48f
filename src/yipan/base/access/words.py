"""Sentences of this room that pages show: names of audited actions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "login": _("Signed in"),
    "login.failed": _("Failed to sign in"),
    "logout": _("Signed out"),
    "session.handed_over": _("Handed the computer over"),
    "session.ended": _("Was signed out after a time"),
    "second_factor.added": _("Enrolled a second factor"),
    "second_factor.removed": _("Removed a second factor"),
    "second_factor.renewed": _("Made new recovery codes"),
    "second_factor.failed": _("Failed at the second factor"),
    "second_factor.reset": _("Removed somebody's second factors"),
    "sso.tied": _("Was recognised by single sign-on for the first time"),
    "sso.refused": _("Was refused at single sign-on"),
    "emergency.open": _("Opened a record in an emergency"),
    "emergency.review": _("Reviewed an emergency access"),
    "user.create": _("Created a user"),
    "user.grant": _("Gave a role"),
    "user.revoke": _("Took a role away"),
    "user.password_reset": _("Reset a password"),
    "user.password_change": _("Changed the own password"),
    "user.activate": _("Activated a user"),
    "user.deactivate": _("Deactivated a user"),
    "keys.resealed": _("Sealed rows with the new key"),
}

THINGS = {
    "user": _("User"),
    "emergency": _("Emergency access"),
    "table": _("Table"),
}
"""What entries of the audit trail concern."""
