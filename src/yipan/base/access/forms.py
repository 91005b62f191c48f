"""The login form and the password once more; both count wrong tries."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ReauthenticateForm
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from yipan.base import audit
from yipan.base.access import limits
from yipan.base.access.actor import ANONYMOUS
from yipan.kernel.errors import TooOften


class LoginForm(AuthenticationForm):
    """User name and password; counts failures by name and address, and by address alone."""

    shared = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        username = self.cleaned_data.get("username") or ""
        address = (self.request.META.get("REMOTE_ADDR") or "")[:45] if self.request else ""
        name_there = f"{username[:150]} {address}"
        try:
            limits.spend(limits.LOGIN, name_there)
            limits.spend(limits.LOGIN_ADDRESS, address)
        except TooOften as error:
            raise paused(error) from None
        try:
            cleaned = super().clean()
        except ValidationError:
            audit.record(ANONYMOUS, "login.failed", "user", username[:64])
            raise ValidationError(_("The user name or the password is wrong."), code="wrong") from None
        limits.forget(limits.LOGIN, name_there)
        limits.refund(limits.LOGIN_ADDRESS, address)
        return cleaned


class ConfirmPasswordForm(ReauthenticateForm):
    """The password once more, before second factors are changed."""

    def clean_password(self) -> str:
        try:
            limits.spend(limits.PASSWORD, self.user.pk)
        except TooOften as error:
            raise paused(error) from None
        password = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError(_("The present password is wrong."), code="wrong")
        limits.forget(limits.PASSWORD, self.user.pk)
        return str(password)


def paused(error: TooOften) -> ValidationError:
    """The sentence of a form that was tried too often."""
    text = _("Too many failed attempts. Try again in {minutes} minutes.")
    return ValidationError(text.format(minutes=error.params["minutes"]), code="paused")
