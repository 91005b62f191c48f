"""The administrator's pages of users."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yipan.base.access import actions, queries, second_factor
from yipan.base.access.actor import scope
from yipan.base.access.pages.asked import actor, as_uuid
from yipan.base.access.roles import GRANTABLE, Role
from yipan.base.network.models import Organisation, Ward
from yipan.kernel.errors import YipanError

USERS_PER_PAGE = 50


@require_GET
def users(request: HttpRequest) -> HttpResponse:
    """The users that this administrator looks after."""
    text = request.GET.get("q", "").strip()
    found = queries.users(actor(request), text)
    page = Paginator(found, USERS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "access/users.html", {"page": page, "text": text, "shown_name": queries.shown_name})


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def new_user(request: HttpRequest) -> HttpResponse:
    """Make a user; roles are given on the page that follows."""
    actor(request).require("users.edit")
    error: YipanError | None = None
    if request.method == "POST":
        try:
            person = actions.create_user(
                actor=actor(request),
                username=request.POST.get("username", ""),
                name=request.POST.get("name", ""),
                password=request.POST.get("password", ""),
            )
            return redirect("user", user_id=person.pk)
        except YipanError as wrong:
            error = wrong
    context = {"error": error, "given": request.POST}
    return render(request, "access/user_new.html", context, status=422 if error else 200)


@require_GET
def user(request: HttpRequest, user_id: int) -> HttpResponse:
    """One user: roles, password, active or not."""
    return user_page(request, user_id)


def user_page(request: HttpRequest, user_id: int, **more: Any) -> HttpResponse:
    """The page of one user, with a message of what was just done or refused."""
    who = actor(request)
    person = queries.user(who, user_id)
    organisations = Organisation.objects.filter(scope(who, "users.edit", "path")).order_by("path")
    wards = Ward.objects.filter(scope(who, "users.edit", "site__organisation__path"))
    context = {
        "person": person,
        "name": queries.shown_name(person),
        "grants": person.grants.select_related("organisation", "ward").order_by("organisation__path", "role"),
        "may_manage": queries.may_manage(who, person),
        "own": person.pk == who.user_id,
        "second_factor": second_factor.has_one(person.pk),
        "roles": [(role.value, role.label) for role in GRANTABLE],
        "organisations": organisations,
        "wards": wards.select_related("site").order_by("site__code", "code"),
        "administrator": Role.ADMINISTRATOR.value,
        "may_edit_at": lambda path: who.may("users.edit", path),
    } | more
    return render(request, "access/user.html", context, status=422 if more.get("error") else 200)


@require_POST
def user_grant(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a role."""
    queries.user(actor(request), user_id)
    try:
        actions.grant(
            actor=actor(request),
            user_id=user_id,
            role=request.POST.get("role", ""),
            organisation_id=as_uuid(request.POST.get("organisation", ""), "organisation_unknown"),
            ward_id=as_uuid(request.POST["ward"], "ward_elsewhere") if request.POST.get("ward") else None,
        )
    except YipanError as wrong:
        return user_page(request, user_id, error=wrong)
    return redirect("user", user_id=user_id)


@require_POST
def user_revoke(request: HttpRequest, user_id: int, grant_id: UUID) -> HttpResponse:
    """Take a role away."""
    try:
        actions.revoke(actor=actor(request), grant_id=grant_id)
    except YipanError as wrong:
        return user_page(request, user_id, error=wrong)
    return redirect("user", user_id=user_id)


@never_cache
@require_POST
def user_password(request: HttpRequest, user_id: int) -> HttpResponse:
    """Set a new password and show it this once."""
    try:
        password = actions.reset_password(actor=actor(request), user_id=user_id)
    except YipanError as wrong:
        return user_page(request, user_id, error=wrong)
    return user_page(request, user_id, password=password)


@require_POST
def user_second_factors(request: HttpRequest, user_id: int) -> HttpResponse:
    """Remove a user's second factors, when a phone is lost."""
    try:
        actions.remove_second_factors(actor=actor(request), user_id=user_id)
    except YipanError as wrong:
        return user_page(request, user_id, error=wrong)
    return redirect("user", user_id=user_id)


@require_POST
def user_active(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let a user sign in, or no longer."""
    try:
        actions.set_active(actor=actor(request), user_id=user_id, active=request.POST.get("active") == "1")
    except YipanError as wrong:
        return user_page(request, user_id, error=wrong)
    return redirect("user", user_id=user_id)
