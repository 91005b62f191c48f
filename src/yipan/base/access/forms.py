"""The login form, with the pause after too many failures."""

from __future__ import annotations

from math import ceil
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from yipan.base import audit
from yipan.base.access import throttle
from yipan.base.access.actor import ANONYMOUS


class LoginForm(AuthenticationForm):
    """User name and password; counts failures by name and address."""

    def clean(self) -> dict[str, Any]:
        username = self.cleaned_data.get("username") or ""
        address = (self.request.META.get("REMOTE_ADDR") or "")[:45] if self.request else ""
        wait = throttle.pause(username, address)
        if wait is not None:
            minutes = ceil(wait.total_seconds() / 60)
            raise ValidationError(
                _("Too many failed attempts. Try again in {minutes} minutes.").format(minutes=minutes), code="paused"
            )
        try:
            cleaned = super().clean()
        except ValidationError:
            throttle.failed(username, address)
            audit.record(ANONYMOUS, "login.failed", "user", username[:64])
            raise ValidationError(_("The user name or the password is wrong."), code="wrong") from None
        throttle.succeeded(username, address)
        return cleaned
