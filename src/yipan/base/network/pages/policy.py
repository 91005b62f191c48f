"""The placement policy of an organisation: a form that explains each key, and its text."""

from __future__ import annotations

import tomllib
from typing import Any
from uuid import UUID

import tomli_w
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from yipan.base.network import edits, evidence, policies, policy_form, queries
from yipan.base.network.actors import actor_of
from yipan.base.network.models import Organisation
from yipan.base.network.pages.places import seen
from yipan.kernel.errors import InvalidInput

VERSIONS_SHOWN = 30


@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What this organisation decides, over what it inherits; saving writes a new version."""
    actor = actor_of(request)
    found = seen(actor, Organisation.objects.select_related("parent"), pk, "path")
    above = queries.policy_in_force(found.parent.path) if found.parent else {}
    inherited = policies.read(above).to_dict()
    history = list(queries.policy_history(found)[:VERSIONS_SHOWN])
    own: dict[str, Any] = history[0].body if history else {}
    text = tomli_w.dumps(own)
    as_text = request.GET.get("view") == "text"
    problems: list[dict[str, Any]] = []
    broken: InvalidInput | None = None
    if request.method == "POST":
        try:
            if as_text:
                text = request.POST.get("text", "")
                own = _parsed(text)
            else:
                own = policy_form.own_from(request.POST, inherited)
            edits.set_policy(actor=actor, organisation=found, body=own)
            return redirect(f"{request.path}?saved=1" + ("&view=text" if as_text else ""))
        except InvalidInput as wrong:
            problems = wrong.params.get("problems", [])
            broken = None if problems else wrong
    context = {
        "organisation": found,
        "sections": policy_form.sections(inherited, own, problems),
        "text": text,
        "effective": tomli_w.dumps(policies.overlay(inherited, own)) if not problems else "",
        "as_text": as_text,
        "history": [(row, tomli_w.dumps(row.body), evidence.link(row.evidence)) for row in history],
        "above": [row for row in queries.policies_above(found.path) if row.organisation_id != found.pk],
        "problems": problems,
        "broken": broken,
        "may_edit": actor.may(edits.POLICY, found.path),
        "saved": "saved" in request.GET,
    }
    return render(request, "network/policy.html", context, status=422 if problems or broken else 200)


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:  # TOML that is none, or a number of thousands of digits
        raise InvalidInput("network_policy_text_broken", reason=str(error)) from error
