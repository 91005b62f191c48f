"""The Jinja2 environment of all pages."""

from __future__ import annotations

from typing import Any

import jinja2
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from markupsafe import Markup

from yipan.base.access import second_factor, sessions
from yipan.base.access.accounts import start_of
from yipan.base.network.models import Organisation
from yipan.base.patients.disclosure import name_on
from yipan.kernel import clock
from yipan.ui import flash, messages, navigation, svg
from yipan.ui.filters import FILTERS

_SCRIPT_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
THEMES = ("auto", "light", "dark")


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named page. Raises NoReverseMatch for a name that does not exist."""
    return reverse(name, args=args, kwargs=kwargs or None)


def url_or(name: str, fallback: str) -> str:
    """The address of a named page that may not be installed, else `fallback`."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return fallback


def csrf_field(request: HttpRequest) -> Markup:
    """The hidden field of a form. Pages may also write `{{ csrf_input }}`; macros, which see no request, need this."""
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(get_token(request))


def theme(request: HttpRequest | None) -> str:
    """The colour scheme this browser asked for: auto, light or dark."""
    wish = request.COOKIES.get("yipan_theme", "auto") if request is not None else "auto"
    return wish if wish in THEMES else "auto"


def languages() -> list[tuple[str, str, bool]]:
    """(code, own name, active) of each language."""
    active = translation.get_language()
    return [(code, str(name), code == active) for code, name in settings.LANGUAGES]


def start(request: HttpRequest | None) -> str:
    """The page on which this person begins; asks the database who it is."""
    actor = getattr(request, "actor", None)
    return start_of(actor) if actor is not None else "/"


def network_name(request: HttpRequest | None) -> str:
    """The name of the network in which this person works: the root above their first grant, else the first root."""
    actor = getattr(request, "actor", None)
    held = min((path for _, path, _ in actor.grants if path), default="") if actor is not None else ""
    root = held.partition(".")[0]
    found = Organisation.objects.filter(parent=None, path__startswith=root).order_by("path").first()
    return str(found.label) if found is not None else ""


def same_site(request: HttpRequest) -> bool:
    """Whether the page that led here is one of ours, so that a link back is safe."""
    referer = request.headers.get("Referer", "")
    try:
        return url_has_allowed_host_and_scheme(referer, {request.get_host()})
    except DisallowedHost:
        return False


def query(request: HttpRequest, **changes: Any) -> str:
    """The present query string with `changes`; None removes a key. For sort links, filter chips and pagers."""
    params = request.GET.copy()
    for key, value in changes.items():
        if value is None:
            params.pop(key, None)
        else:
            params[key] = str(value)
    encoded = params.urlencode()
    return f"?{encoded}" if encoded else "?"


def json_script_text(text: str) -> Markup:
    """JSON that may stand inside a script element: no character of it can end the element."""
    return Markup(text.translate(_SCRIPT_ESCAPES))  # noqa: S704 - what matters is escaped just here


def environment(**options: Any) -> jinja2.Environment:
    """Build the environment; Django's settings name this function."""
    options.setdefault("autoescape", True)
    options |= {"trim_blocks": True, "lstrip_blocks": True}
    env = jinja2.Environment(**options)  # noqa: S701 - autoescape is set above and by Django
    env.add_extension("jinja2.ext.i18n")
    env.add_extension("jinja2.ext.do")
    env.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    env.globals.update(
        url=url,
        url_or=url_or,
        static=static,
        csrf_input=csrf_field,
        csrf_field=csrf_field,
        now=clock.now,
        icon=svg.icon,
        sparkline=svg.sparkline,
        bar_svg=svg.bar,
        stacked_svg=svg.stacked,
        heat_step=svg.heat_step,
        heat_edges=svg.HEAT_EDGES,
        nav=navigation.links,
        flashes=flash.take,
        sentence=messages.sentence,
        theme=theme,
        languages=languages,
        language=translation.get_language,
        query=query,
        same_site=same_site,
        time_zone_name=timezone.get_current_timezone_name,
        network_name=network_name,
        start=start,
        idle_seconds=sessions.idle_seconds,
        second_factor_missing=lambda request: second_factor.is_missing(request.actor),
    )
    env.filters.update(FILTERS, name_on=name_on, json_script_text=json_script_text)
    return env
