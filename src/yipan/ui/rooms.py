"""Navigation and search for the base rooms, which lie below this one and cannot announce themselves."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yipan.base.access import Actor, Role, emergency
from yipan.base.patients import queries
from yipan.ui import navigation, search
from yipan.ui.filters import age
from yipan.ui.navigation import Area, NavItem
from yipan.ui.search import Hit

NAV = (
    NavItem(
        "patients",
        _("Patient records"),
        "users-round",
        order=60,
        verb="patients.view",
        area=Area.INPATIENTS,
        daily=frozenset({Role.COORDINATOR, Role.PRIVACY_OFFICER}),
        key="p",
    ),
    NavItem(
        "network:home",
        _("Network"),
        "network",
        order=90,
        verb="network.view",
        area=Area.MANAGEMENT,
        daily=frozenset({Role.INTEGRATOR, Role.ADMINISTRATOR, Role.MANAGER}),
        key="n",
    ),
    NavItem(
        "users",
        _("Users"),
        "user-cog",
        order=95,
        verb="users.view",
        area=Area.MANAGEMENT,
        daily=frozenset({Role.ADMINISTRATOR}),
        key="u",
    ),
    NavItem(
        "emergencies",
        _("Emergency access"),
        "siren",
        order=94,
        verb="emergency.review",
        area=Area.MANAGEMENT,
        daily=frozenset({Role.PRIVACY_OFFICER}),
        key="e",
        count=emergency.waiting,
    ),
    NavItem(
        "audit",
        _("Audit trail"),
        "scroll-text",
        order=96,
        verb="audit.view",
        area=Area.MANAGEMENT,
        daily=frozenset({Role.ADMINISTRATOR, Role.PRIVACY_OFFICER}),
        key="a",
    ),
)


def announce() -> None:
    """Register the entries and the search for patients."""
    for item in NAV:
        navigation.register(item)
    search.register(find_patients)


def find_patients(request: HttpRequest, text: str) -> Iterator[Hit]:
    """Patients by name, pinyin, number or phone, masked as in every list; nothing for roles that may not look."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.may("patients.view"):
        return
    for found in queries.search(actor, text, limit=search.PER_GROUP):
        detail = " · ".join(part for part in (found.sex_label, age(found.birth_date), found.national_id) if part)
        yield Hit(_("Patient records"), found.name, reverse("patient", args=[found.id]), detail, "user-round")
