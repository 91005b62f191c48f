"""What django-allauth asks about our accounts: nobody signs up by themselves, and pages tell what happened."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from yipan.base.access.actor import Actor
from yipan.base.access.queries import actor_of


def start_of(actor: Actor) -> str:
    """The page after the login: for somebody who only looks over others' shoulders the list of what to review."""
    only_reviews = actor.may("emergency.review") and not actor.may("patients.emergency")
    return reverse("emergencies") if only_reviews else str(settings.LOGIN_REDIRECT_URL)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators; there are no e-mail addresses to confirm."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return start_of(actor_of(request.user))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The page that follows shows the new state by itself."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The audit trail keeps what a mail would tell."""

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return render(request, "access/sso_refused.html", {"code": "account_inactive"}, status=403)
