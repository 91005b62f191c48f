"""What planning has to say on the overview: where beds are likely to run out."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from yipan.base.access import Actor
from yipan.planning.forecasting import queries
from yipan.planning.verbs import FORESEE
from yipan.planning.words import alert_text

SHOWN = 3


def panel(request: HttpRequest) -> SafeString:
    """The likeliest alerts; nothing when there is none, or for those who may not look ahead."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.alerts(actor) if actor.may(FORESEE) else []
    if not found:
        return SafeString()
    shown = [(alert, alert_text(alert)) for alert in found[:SHOWN]]
    context = {"alerts": shown, "count": len(found), "more": len(found) - len(shown)}
    return SafeString(render_to_string("planning/overview_alerts.html", context, request))
