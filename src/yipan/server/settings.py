"""Django settings, read from the environment. What each variable means: docs/reference/settings.md."""

from __future__ import annotations

import os
from pathlib import Path

from yipan.server import environment, logs, variables
from yipan.server.database import from_url

PACKAGE = Path(__file__).resolve().parents[1]

variables.check(os.environ)

DEBUG = os.environ.get("YIPAN_DEBUG") == "1"
YIPAN_DEMO = os.environ.get("YIPAN_DEMO") == "1"
YIPAN_DEMO_PASSWORD = "yipan-demo" if YIPAN_DEMO else ""
SECRET_KEY = os.environ.get("YIPAN_SECRET_KEY") or "only-for-trying-yipan-on-one-machine"
ALLOWED_HOSTS = (os.environ.get("YIPAN_HOSTS") or "127.0.0.1,localhost,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("YIPAN_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "django_htmx",
    "yipan.base.vault",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "yipan.base.jobs",
    "yipan.base.audit",
    "yipan.base.network",
    "yipan.base.access",
    "yipan.base.patients",
    "yipan.ui",
    "yipan.spine",
    "yipan.lines.beds",
    "yipan.lines.exams",
    "yipan.lines.appointments",
    "yipan.lines.dispatch",
    "yipan.lines.referrals",
    "yipan.interop",
    "yipan.planning",
    "yipan.server",
]

MIDDLEWARE = [
    "yipan.server.request_log.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "yipan.server.headers.Headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "yipan.base.access.middleware.SessionLimits",
    "yipan.base.access.middleware.ActorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "yipan.base.access.middleware.WallMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yipan.ui.reading.ReadableRequests",
    "yipan.ui.middleware.ErrorPages",
    "yipan.ui.middleware.LiveMark",
]

ROOT_URLCONF = "yipan.server.urls"
WSGI_APPLICATION = "yipan.server.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [*sorted(PACKAGE.glob("**/templates"))],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "yipan.ui.environment.environment",
            "extensions": ["jinja2.ext.i18n"],
        },
    },
]

DATABASES = {"default": from_url(os.environ.get("YIPAN_DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

YIPAN_KEYS = os.environ.get("YIPAN_KEYS", "")
YIPAN_KEYS_COMMAND = os.environ.get("YIPAN_KEYS_COMMAND", "")
YIPAN_KEY_FILE = Path(os.environ.get("YIPAN_STATE") or "var").absolute() / "keys.json"
YIPAN_CIPHER = (os.environ.get("YIPAN_CIPHER") or "AES-256-GCM").upper()

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login"

# Sessions, cookies, headers. HTTPS is terminated by a proxy that says so in X-Forwarded-Proto.
YIPAN_HTTPS = os.environ.get("YIPAN_HTTPS") == "1"
YIPAN_PRODUCTION = os.environ.get("YIPAN_PRODUCTION") == "1"
YIPAN_IDLE_MINUTES = environment.number("YIPAN_IDLE_MINUTES", 15)
YIPAN_IDLE_MINUTES_OWN = environment.number("YIPAN_IDLE_MINUTES_OWN", 240)
YIPAN_SESSION_HOURS = environment.number("YIPAN_SESSION_HOURS", 12)
YIPAN_EMERGENCY_MINUTES = environment.number("YIPAN_EMERGENCY_MINUTES", 60)
SESSION_ENGINE = "yipan.base.access.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = YIPAN_HTTPS
SESSION_COOKIE_AGE = YIPAN_SESSION_HOURS * 3600
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if YIPAN_HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if YIPAN_HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Second factors and single sign-on (django-allauth). Attempts are counted by yipan.base.access.limits instead.
YIPAN_SECOND_FACTOR_ROLES = environment.second_factor_roles()
YIPAN_SSO = environment.single_sign_on()
ACCOUNT_ADAPTER = "yipan.base.access.accounts.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_FORMS = {"reauthenticate": "yipan.base.access.forms.ConfirmPasswordForm"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
MFA_ADAPTER = "yipan.base.access.second_factor.MfaAdapter"
MFA_FORMS = {
    "authenticate": "yipan.base.access.second_factor.AskForm",
    "reauthenticate": "yipan.base.access.second_factor.AskAgainForm",
    "authenticate_webauthn": "yipan.base.access.second_factor.AskKeyForm",
    "reauthenticate_webauthn": "yipan.base.access.second_factor.AskKeyAgainForm",
    "activate_totp": "yipan.base.access.second_factor.AddAppForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Yipan"
MFA_TOTP_TOLERANCE = 1  # ward computers' and phones' clocks differ by some seconds
MFA_RECOVERY_CODES_SHOW_ONCE = True
SOCIALACCOUNT_ADAPTER = "yipan.base.access.sso.SsoAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # the state parameter ties the answer to the session; a form would need a wider CSP
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = YIPAN_SSO.providers() if YIPAN_SSO else {}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "ui" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("YIPAN_TIME_ZONE") or "Asia/Shanghai"
YIPAN_COUNTRY = os.environ.get("YIPAN_COUNTRY") or environment.COUNTRY

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("YIPAN_STATE") or "var").absolute() / "static"
YIPAN_AUDIT_DIRECTORY = Path(os.environ.get("YIPAN_AUDIT_KEYS") or STATIC_ROOT.with_name("audit")).absolute()
STATICFILES_DIRS: list[tuple[str, str] | str | Path] = [
    ("bokeh", str(environment.package_directory("bokeh") / "server/static/js"))
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "yipan.server.static.VersionedStorage"},
}

LOGGING = logs.configuration(
    (os.environ.get("YIPAN_LOG_LEVEL") or "WARNING").upper(),
    (os.environ.get("YIPAN_LOG_FORMAT") or logs.TEXT).lower(),
    developing=DEBUG,
)
