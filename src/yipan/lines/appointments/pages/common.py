"""What several pages of the clinics ask of a request."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from yipan.base.access import Actor
from yipan.kernel import clock, texts
from yipan.ui.filters import localtime


def actor_of(request: HttpRequest, verb: str = "appointments.view") -> Actor:
    """The actor, who must be allowed to do the verb somewhere."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require(verb)
    return actor


def today(site: object = None) -> date:
    """The local day of now."""
    return (localtime(clock.now(), site) or clock.now()).date()


def day_in(request: HttpRequest, site: object = None) -> date:
    """The day that the address names, else today. Raises InvalidInput("date_unreadable")."""
    text = request.GET.get("day", "")
    return texts.day(text) if text else today(site)


def tabs(actor: Actor, current: str) -> list[tuple[str, str, None, bool]]:
    """The pages of the clinics that this person sees."""
    every = (
        ("clinics", _("Sessions"), "appointments.view"),
        ("clinic-waiting", _("Waiting for a seat"), "appointments.book"),
        ("clinic-figures", _("Figures"), "appointments.figures"),
        ("clinic-holidays", _("Public holidays"), "appointments.holidays"),
    )
    return [(reverse(name), words, None, name == current) for name, words, verb in every if actor.may(verb)]
