"""What production refuses to start with, and what its answers carry."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from yipan.kernel.errors import InvalidInput
from yipan.server import production
from yipan.server.demo.accounts import ACCOUNTS, PASSWORD
from yipan.server.headers import policy

SOUND = {
    "YIPAN_PRODUCTION": "1",
    "YIPAN_SECRET_KEY": "Zk3-9vQpL0x_7RtYw2bNc8MfHs5JdGa1",
    "YIPAN_DEMO": "0",
    "YIPAN_HTTPS": "1",
    "YIPAN_HOSTS": "beds.hospital.example",
}


def test_sound_settings_have_no_obstacle() -> None:
    """A production that is set up as the guide says starts."""
    assert list(production.obstacles(SOUND)) == []


@pytest.mark.parametrize(
    ("changes", "obstacle"),
    [
        ({"YIPAN_SECRET_KEY": ""}, "production_secret"),
        ({"YIPAN_SECRET_KEY": "short"}, "production_secret"),
        ({"YIPAN_SECRET_KEY": "x" * 64}, "production_secret"),
        ({"YIPAN_SECRET_KEY": "only-for-trying-yipan-on-one-machine"}, "production_secret"),
        ({"YIPAN_DEBUG": "1"}, "production_debug"),
        ({"YIPAN_DEMO": "1"}, "production_demo"),
        ({"YIPAN_HTTPS": "0"}, "production_https"),
        ({"YIPAN_HOSTS": ""}, "production_hosts"),
        ({"YIPAN_HOSTS": "beds.hospital.example,*"}, "production_hosts"),
        ({"YIPAN_SSO_URL": "http://login.hospital.example"}, "production_sso"),
    ],
)
def test_each_obstacle_is_named(changes: dict[str, str], obstacle: str) -> None:
    """One thing wrong, one sentence."""
    assert list(production.obstacles(SOUND | changes)) == [obstacle]


def test_nothing_is_asked_of_a_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without YIPAN_PRODUCTION everything may be tried."""
    monkeypatch.delenv("YIPAN_PRODUCTION", raising=False)
    production.check_environment()


@pytest.mark.django_db
def test_demo_passwords_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database with the demo's accounts does not become production."""
    monkeypatch.setenv("YIPAN_PRODUCTION", "1")
    production.check_accounts()
    person = User.objects.create_user(ACCOUNTS[-1].username, password=PASSWORD)
    with pytest.raises(InvalidInput) as refused:
        production.check_accounts()
    assert refused.value.params == {"mistakes": [("production_demo_password", {})]}
    person.set_password("moon-river-38")
    person.save()
    production.check_accounts()


def test_the_command_says_all_at_once_and_starts_nothing() -> None:
    """`yipan web` ends with exit code 2 and a line for each obstacle, without the secret in it."""
    told = {"YIPAN_PRODUCTION": "1", "YIPAN_SECRET_KEY": "my-little-secret", "YIPAN_DATABASE_URL": "postgresql://x@/x"}
    kept = {k: v for k, v in os.environ.items() if not k.startswith("YIPAN_")}
    done = subprocess.run(
        [sys.executable, "-m", "yipan.server.cli", "web"],
        env=kept | told | {"LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert lines[0] == "YIPAN_PRODUCTION=1 does not start like this:"
    assert [line[:25] for line in lines[1:]] == [
        "- YIPAN_SECRET_KEY is mis",
        "- The demo is on. Set YIP",
        "- Pages would travel unen",
        "- YIPAN_HOSTS must name t",
    ]
    assert "my-little-secret" not in done.stdout + done.stderr


@pytest.mark.django_db
def test_answers_carry_the_headers(settings: Any) -> None:
    """Every answer says what the browser may do with it; over HTTPS also never to come back without."""
    answer = Client().get("/login")
    assert answer["Content-Security-Policy"] == policy()
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["Referrer-Policy"] == answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert "Strict-Transport-Security" not in answer
    settings.SECURE_HSTS_SECONDS = 3600
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert "Strict-Transport-Security" in Client().get("/login", headers={"x-forwarded-proto": "https"})


def test_plots_loosen_styles_only() -> None:
    """A page with a plot may have style elements; its scripts stay as strict as everywhere."""
    loose = dict(rule.split(" ", 1) for rule in policy(plots=True).split("; "))
    strict = dict(rule.split(" ", 1) for rule in policy().split("; "))
    assert {name for name in loose if loose[name] != strict.get(name)} == {"style-src-elem"}


@pytest.mark.django_db
def test_secrets_never_reach_the_log(caplog: pytest.LogCaptureFixture, settings: Any) -> None:
    """Whatever is logged while people log in and change passwords, at the chattiest level, names no password."""
    settings.DEBUG = False
    User.objects.create_user("zhou", password="moon-river-38")
    client = Client(raise_request_exception=False)
    with caplog.at_level("DEBUG"):
        client.post("/login", {"username": "zhou", "password": "wrong-river-39"})
        client.post("/login", {"username": "zhou", "password": "moon-river-38"})
        client.post("/password", {"old": "moon-river-38", "new": "green-tree-91", "again": "green-tree-92"})
        client.post("/password", {"old": "moon-river-38", "new": "green-tree-91", "again": "green-tree-91"})
        client.get("/no/such/page")
    said = caplog.text + " ".join(str(vars(record)) for record in caplog.records)
    for secret in ("moon-river-38", "wrong-river-39", "green-tree-91", "green-tree-92", settings.SECRET_KEY):
        assert secret not in said
