"""Words for the codes of `yipan.base.access` and `yipan.base.audit`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "not_allowed_here": _("You may not do this here. It needs one of these roles at this organisation: {roles}."),
    "user_unknown": _("There is no such user among those you look after."),
    "user_name_invalid": _("“{username}” cannot be a user name. Use letters, digits and @ . + - _, at most 150."),
    "user_name_taken": _("There is a user “{username}” already. Choose another user name."),
    "user_has_roles_elsewhere": _(
        "{username} also has roles outside your organisations. Ask an administrator above all of them."
    ),
    "not_your_own_rights": _("You cannot take away your own rights. Ask another administrator."),
    "role_unknown": _("“{role}” is not a role that can be given."),
    "role_held_already": _("{username} has the role “{role}” there already."),
    "grant_unknown": _("This role has been taken away already."),
    "organisation_unknown": _("There is no such organisation."),
    "ward_elsewhere": _("The ward does not belong to this organisation. Choose one of its wards, or none."),
    "too_often": _("Too often. Try again in {minutes} minutes."),
    "reason_too_short": _("Write why, in at least {characters} characters."),
    "emergency_needs_person": _("Only a person who is logged in can open a record in an emergency."),
    "emergency_unknown": _("There is no such emergency access."),
    "emergency_own": _("Your own emergency access is reviewed by somebody else."),
    "emergency_reviewed": _("This emergency access has been reviewed already."),
    "account_inactive": _("This account is deactivated. Ask your administrator."),
    "sso_unknown": _(
        "The hospital's login knows you as “{name}”, but there is no user of that name here. Ask your administrator."
    ),
    "sso_no_claim": _("The hospital's login did not say who you are. Tell your administrator, or use your password."),
    "sso_other_identity": _(
        "The user “{name}” belongs to another account of the hospital's login. Ask your administrator."
    ),
    "sso_failed": _("The hospital's login did not let you in or does not answer. Try again, or use your password."),
    "password_weak": _("This password will not do: {reasons}"),
    "password_wrong": _("The present password is wrong."),
    "passwords_differ": _("The two new passwords are not the same."),
    "date_unreadable": _("“{value}” is no date. Write it as 2026-03-01."),
}
