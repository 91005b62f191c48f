"""Second factors with django-allauth: who must have one, its secrets encrypted, wrong codes counted and audited."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, TypeVar

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.encoding import force_bytes
from django.utils.translation import gettext_lazy as _

from yipan.base import audit
from yipan.base.access import limits
from yipan.base.access.actor import ANONYMOUS, Actor
from yipan.base.access.forms import paused
from yipan.base.access.queries import actor_of
from yipan.kernel.errors import TooOften

T = TypeVar("T")
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def required_of(actor: Actor) -> bool:
    """Whether one of the actor's roles asks for a second factor (setting YIPAN_SECOND_FACTOR)."""
    return any(role.value in settings.YIPAN_SECOND_FACTOR_ROLES for role in actor.roles)


def has_one(user_id: int) -> bool:
    """Whether the user has enrolled an app or a key; recovery codes alone do not count."""
    return Authenticator.objects.filter(user_id=user_id, type__in=KINDS).exists()


def is_missing(actor: Actor) -> bool:
    """Whether this person must enrol a second factor before anything else."""
    asked = bool(settings.YIPAN_SECOND_FACTOR_ROLES) and actor.user_id is not None and required_of(actor)
    return asked and not has_one(actor.user_id or 0)


class MfaAdapter(DefaultMFAAdapter):
    """Our words, and secrets that a copy of the database does not reveal."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code or key is not right. Codes change every 30 seconds; try the next one."),
        "cannot_delete_authenticator": _("Your role asks for a second factor. Add another one before removing this."),
    }

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        """What a new passkey is called unless its owner says otherwise."""
        return str(_("Key {n}")).format(n=Authenticator.objects.filter(user=user, type=type).count() + 1)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of somebody who must have one."""
        others = Authenticator.objects.filter(user=authenticator.user_id, type__in=KINDS).exclude(pk=authenticator.pk)
        return others.exists() or not required_of(actor_of(authenticator.user))

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> MultiFernet:
    """Encrypts with a key derived from SECRET_KEY, and still reads what an earlier one (a fallback) wrote."""
    return MultiFernet([Fernet(_derived(key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _derived(secret: str | bytes) -> bytes:
    key = HKDF(SHA256(), length=32, salt=None, info=b"yipan second factors").derive(force_bytes(secret))
    return base64.urlsafe_b64encode(key)


def counted(user: Any, judge: Callable[[], T]) -> T:
    """What `judge` says of a code or key; each try counts, a right one clears the count, a wrong one is audited."""
    person: User = user
    try:
        limits.spend(limits.SECOND_FACTOR, person.pk)
    except TooOften as error:
        raise paused(error) from None
    try:
        right = judge()
    except ValidationError:
        audit.record(ANONYMOUS, "second_factor.failed", "user", person.pk)
        raise
    limits.forget(limits.SECOND_FACTOR, person.pk)
    return right


def once(user: Any, code: str) -> str:
    """The code, unless it let this person in just now, at whatever server process. Raises ValidationError."""
    try:
        limits.spend(limits.USED_CODE, f"{user.pk} {code}")
    except TooOften:
        raise ValidationError(MfaAdapter.error_messages["incorrect_code"], code="incorrect_code") from None
    return code


class AskForm(AuthenticateForm):
    """The code after the password."""

    def clean_code(self) -> str:
        plain = super().clean_code
        return counted(self.user, lambda: once(self.user, plain()))


class AskAgainForm(ReauthenticateForm):
    """The code once more, before second factors are changed."""

    def clean_code(self) -> str:
        plain = super().clean_code
        return counted(self.user, lambda: once(self.user, plain()))


class AskKeyForm(AuthenticateWebAuthnForm):
    """The passkey after the password."""

    def clean_credential(self) -> Authenticator:
        return counted(self.user, super().clean_credential)


class AskKeyAgainForm(ReauthenticateWebAuthnForm):
    """The passkey once more, before second factors are changed."""

    def clean_credential(self) -> Authenticator:
        return counted(self.user, super().clean_credential)


class AddAppForm(ActivateTOTPForm):
    """The first code of a new authenticator app."""

    def clean_code(self) -> str:
        return counted(self.user, super().clean_code)
