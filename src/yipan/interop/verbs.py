"""What people may do with messages, and where they find them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yipan.base.access import Role, matrix
from yipan.base.audit import labels
from yipan.interop.words import ACTIONS, THINGS
from yipan.ui import navigation

VIEW, REPLAY, EDIT = "messages.view", "messages.replay", "messages.edit"
APPLY = "messages.apply"
KEEPERS = frozenset({Role.INTEGRATOR, Role.ADMINISTRATOR})


def announce() -> None:
    """Declare the verbs, the audited actions and the entry of the navigation."""
    matrix.declare(VIEW, KEEPERS, opens=matrix.MESSAGES)
    matrix.declare_all({REPLAY: KEEPERS, EDIT: KEEPERS})
    matrix.declare_passage(APPLY, "a message acts for its sender, whoever has it tried again")
    labels.declare(ACTIONS, THINGS)
    navigation.register(
        navigation.NavItem(
            "interop:messages",
            _("Messages"),
            "mails",
            order=80,
            verb=VIEW,
            area=navigation.Area.MANAGEMENT,
            daily=frozenset({Role.INTEGRATOR, Role.ADMINISTRATOR}),
            key="x",
        )
    )
