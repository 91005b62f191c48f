"""What several pages of the ambulances say."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yipan.base.access import Actor
from yipan.lines.dispatch.policy import Step

SYMBOLS = {
    Step.PLANNED: "calendar-clock",
    Step.ALERTED: "bell-ring",
    Step.ON_THE_WAY: "ambulance",
    Step.WITH_PATIENT: "user-check",
    Step.UNDER_WAY: "route",
    Step.HANDED_OVER: "handshake",
}


def actor_of(request: HttpRequest, verb: str = "dispatch.view") -> Actor:
    """The actor, who must be allowed to do the verb somewhere."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require(verb)
    return actor


def step_words() -> dict[str, str]:
    """Each step as it is said of a transport that has reached it."""
    return {
        Step.PLANNED: _("Planned trip"),
        Step.ALERTED: _("Alerted"),
        Step.ON_THE_WAY: _("On the way to the patient"),
        Step.WITH_PATIENT: _("With the patient"),
        Step.UNDER_WAY: _("Under way with the patient"),
        Step.HANDED_OVER: _("Handed over"),
    }


def button_words() -> dict[str, str]:
    """What the crew presses to tell each step."""
    return {
        Step.ALERTED: _("We are alerted"),
        Step.ON_THE_WAY: _("We leave now"),
        Step.WITH_PATIENT: _("We are with the patient"),
        Step.UNDER_WAY: _("We leave with the patient"),
        Step.HANDED_OVER: _("Hand over the patient"),
    }


def vital_words() -> list[tuple[str, str, str]]:
    """(name, words, unit) of what is measured at the hand-over."""
    return [
        ("systolic", _("Blood pressure, systolic"), "mmHg"),
        ("diastolic", _("Blood pressure, diastolic"), "mmHg"),
        ("pulse", _("Pulse"), _("per minute")),
        ("breaths", _("Breaths"), _("per minute")),
        ("oxygen", _("Oxygen saturation"), "%"),
        ("temperature", _("Temperature"), "°C"),
        ("gcs", _("Glasgow coma scale"), "3–15"),
    ]
