"""What people may do with plans, and where they find them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yipan.base.access import Role, matrix
from yipan.base.audit import labels
from yipan.ui import navigation

VIEW, RUN, ACCEPT = "planning.view", "planning.run", "planning.accept"
FORESEE = "planning.foresee"
DESK = frozenset({Role.COORDINATOR, Role.MANAGER})


def announce() -> None:
    """Declare the verbs, the audited actions and the entry of the navigation."""
    matrix.declare_all({VIEW: DESK, RUN: DESK, ACCEPT: {Role.COORDINATOR}, FORESEE: DESK})
    labels.declare(
        {
            "planning.run": _("Had a plan of admissions made"),
            "planning.stop": _("Stopped a plan of admissions"),
            "planning.accept": _("Accepted proposals of a plan"),
        }
    )
    navigation.register(
        navigation.NavItem(
            "planning:plans",
            _("Plan"),
            "calendar-check",
            order=45,
            verb=VIEW,
            area=navigation.Area.PLANNING,
            daily=frozenset({Role.COORDINATOR}),
            key="t",
        )
    )
    navigation.register(
        navigation.NavItem(
            "planning:forecasts",
            _("Foresight"),
            "telescope",
            order=46,
            verb=FORESEE,
            area=navigation.Area.PLANNING,
            daily=frozenset({Role.MANAGER}),
            key="f",
        )
    )
