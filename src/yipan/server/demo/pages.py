"""The page that sets the speed of the demo day."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from yipan.base.access import matrix
from yipan.base.access.roles import EVERY_PERSON
from yipan.kernel.errors import InvalidInput
from yipan.server.models import DemoPace
from yipan.ui.navigation import NavItem, register

SPEEDS = (0, 1, 10, 30, 60)
VERB = "demo.pace"

matrix.declare(VERB, EVERY_PERSON)
register(NavItem("demo-pace", _("Demo day"), "timer", order=900, verb=VERB))


@require_http_methods(["GET", "POST"])
def pace(request: HttpRequest) -> HttpResponseBase:
    """Show and set how fast the demo day passes."""
    request.actor.require(VERB)  # type: ignore[attr-defined]
    row = DemoPace.objects.get_or_create(id=1)[0]
    if request.method == "POST":
        wanted = request.POST.get("speed", "")
        if wanted not in [str(s) for s in SPEEDS]:
            raise InvalidInput("choice_unknown")
        row.speed = float(wanted)
        row.save(update_fields=["speed"])
        return HttpResponseRedirect(request.path)
    return render(request, "demo/pace.html", {"speeds": SPEEDS, "speed": row.speed})


urlpatterns = [path("demo", pace, name="demo-pace")]
