"""What django-allauth asks about our accounts: nobody signs up by themselves, and pages tell what happened."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators; there are no e-mail addresses to confirm."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The page that follows shows the new state by itself."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The audit trail keeps what a mail would tell."""

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return render(request, "access/sso_refused.html", {"code": "account_inactive"}, status=403)
