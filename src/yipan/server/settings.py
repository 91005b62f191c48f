"""Django settings, read from the environment. What each variable means: docs/reference/settings.md."""

from __future__ import annotations

import os
from pathlib import Path

from yipan.server import logs
from yipan.server.database import from_url
from yipan.server.environment import package_directory

PACKAGE = Path(__file__).resolve().parents[1]

DEBUG = os.environ.get("YIPAN_DEBUG") == "1"
YIPAN_DEMO = os.environ.get("YIPAN_DEMO") == "1"
YIPAN_DEMO_PASSWORD = "yipan-demo" if YIPAN_DEMO else ""
SECRET_KEY = os.environ.get("YIPAN_SECRET_KEY", "only-for-trying-yipan-on-one-machine")
ALLOWED_HOSTS = os.environ.get("YIPAN_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
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
    "yipan.base.jobs",
    "yipan.base.audit",
    "yipan.base.network",
    "yipan.base.access",
    "yipan.base.patients",
    "yipan.ui",
    "yipan.spine",
    "yipan.lines.beds",
    "yipan.interop",
    "yipan.server",
]

MIDDLEWARE = [
    "yipan.server.request_log.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "yipan.base.access.middleware.ActorMiddleware",
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
YIPAN_CIPHER = os.environ.get("YIPAN_CIPHER") or "AES-256-GCM"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("YIPAN_HTTPS") == "1"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "ui" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("YIPAN_TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("YIPAN_STATE") or "var").absolute() / "static"
STATICFILES_DIRS: list[tuple[str, str] | str | Path] = [("bokeh", str(package_directory("bokeh") / "server/static/js"))]
YIPAN_AUDIT_DIRECTORY = Path(os.environ.get("YIPAN_AUDIT_KEYS") or STATIC_ROOT.with_name("audit")).absolute()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "yipan.server.static.VersionedStorage"},
}

LOGGING = logs.configuration(
    os.environ.get("YIPAN_LOG_LEVEL", "WARNING"), os.environ.get("YIPAN_LOG_FORMAT", logs.TEXT), developing=DEBUG
)
