"""Single sign-on (OpenID Connect): people of the hospital's identity provider are matched to users by one claim.

The provider says who somebody is; what they may do stays in our grants. The first time, the claim (YIPAN_SSO_CLAIM)
must equal a user name; afterwards the provider's own unchangeable identifier (`sub`) finds the user, so that a user
name that the provider gives to somebody else one day does not open the old account.
"""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.shortcuts import render

from yipan.base import audit
from yipan.base.access import actions
from yipan.base.access.actor import ANONYMOUS, SYSTEM
from yipan.base.access.queries import actor_of
from yipan.kernel.errors import YipanError


class SsoAdapter(DefaultSocialAccountAdapter):
    """Ties an identity to the user whom its claim names; nobody else gets in."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Called when the provider has answered. Raises ImmediateHttpResponse with a page that says why not."""
        claimed = claim_of(sociallogin.account.extra_data)
        sociallogin.email_addresses = []
        _keep_little(sociallogin.account, claimed)
        if sociallogin.is_existing:
            return
        person = User.objects.filter(username=claimed).first() if claimed else None
        if person is None and claimed and configured().signup:
            person = _sign_up(request, claimed, sociallogin.user)
        if person is None:
            audit.record(ANONYMOUS, "sso.refused", "user", claimed[:64], data={"claim": configured().claim})
            raise refused(request, "sso_unknown" if claimed else "sso_no_claim", name=claimed)
        if SocialAccount.objects.filter(user=person, provider=sociallogin.account.provider).exists():
            audit.record(ANONYMOUS, "sso.refused", "user", person.pk, data={"claim": configured().claim})
            raise refused(request, "sso_other_identity", name=claimed)
        sociallogin.connect(request, person)
        audit.record(actor_of(person), "sso.tied", "user", person.pk, data={"claim": configured().claim})

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **facts: Any) -> None:
        """The provider refused, was cancelled, or did not answer."""
        raise refused(request, "sso_failed")

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The audit trail keeps what a mail would tell."""


def configured() -> Any:
    """What the installation says about its provider (`server.environment.SingleSignOn`)."""
    return settings.YIPAN_SSO


def claim_of(answer: dict[str, Any]) -> str:
    """The value of the configured claim in what the provider told, or an empty string.

    An e-mail address counts only when the provider says that it verified it.
    """
    told = answer.get("userinfo") or answer.get("id_token") or answer
    claim = configured().claim
    if claim == "email" and told.get("email_verified") is not True:
        return ""
    value = told.get(claim)
    return value.strip()[:150] if isinstance(value, str) else ""


def refused(request: HttpRequest, code: str, **params: str) -> ImmediateHttpResponse:
    """The page that says why single sign-on did not lead anywhere, and what to do."""
    page = render(request, "access/sso_refused.html", {"code": code, "params": params}, status=403)
    return ImmediateHttpResponse(page)


def _sign_up(request: HttpRequest, username: str, told: User) -> User:
    """A new user without any role; an administrator gives roles."""
    name = f"{told.last_name}{told.first_name}"
    try:
        return actions.create_user(actor=SYSTEM, username=username, name=name, password=None)
    except YipanError as error:
        raise refused(request, error.code, **error.params) from None


def _keep_little(account: SocialAccount, claimed: str) -> None:
    """Of what the provider told, only the claim is kept."""
    account.extra_data = {"claim": claimed}
    if account.pk:
        account.save(update_fields=["extra_data"])
