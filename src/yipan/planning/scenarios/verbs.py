"""What people may do with scenarios, and where they find them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yipan.base.access import Role, matrix
from yipan.base.audit import labels
from yipan.ui import navigation

TRY = "planning.scenario"


def announce() -> None:
    """Declare the verb, the audited actions and the entry of the navigation."""
    matrix.declare_all({TRY: {Role.MANAGER, Role.COORDINATOR, Role.ADMINISTRATOR}})
    labels.declare(
        {
            "scenario.run": _("Had policies simulated"),
            "scenario.stop": _("Stopped a simulation"),
            "scenario.save": _("Named or saved a scenario"),
            "scenario.share": _("Shared a scenario, or took it back"),
            "scenario.remove": _("Removed a scenario"),
            "scenario.apply": _("Put a simulated policy in force"),
        },
        {"scenario": _("Scenario")},
    )
    navigation.register(
        navigation.NavItem(
            "planning:scenarios",
            _("Scenarios"),
            "flask-conical",
            order=47,
            verb=TRY,
            area=navigation.Area.PLANNING,
            daily=frozenset({Role.MANAGER}),
            key="y",
        )
    )
