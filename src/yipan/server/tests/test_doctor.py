"""Each check of the doctor, made wrong once; a good installation gets no finding."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import translation

from yipan.base.access.models import Grant
from yipan.base.access.roles import Role
from yipan.interop.models import InboundMessage, Source
from yipan.kernel import clock
from yipan.kernel.ids import new_id
from yipan.server import direct, doctor, presence
from yipan.server.doctor import database, machine, parts, queues, security, tables
from yipan.server.doctor.finding import Finding, Level
from yipan.server.speech import say
from yipan.server.tests.test_web import database_url
from yipan.spine.models import Booking, Capacity, OutboxMessage, Request
from yipan.spine.testing import patient, request_for, small_network
from yipan.ui.sentences.doctor import SENTENCES

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]
KEY = "a key of the tests that is long enough for anybody"
pytestmark = pytest.mark.django_db


def codes(check: Any) -> list[str]:
    return [finding.code for finding in check()]


def long_ago(minutes: int = 10) -> Any:
    return clock.now() - timedelta(minutes=minutes)


def process(part: str, *, host: str = "one", age: int = 0, ahead: float = 0.0, version: str = "1") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO server_process (id, part, host, pid, version, started_at, seen_at, clock_ahead, samples)"
            " VALUES (%s, %s, %s, 1, %s, now(), clock_timestamp() - %s * interval '1 second', %s, '[]')",
            [new_id(), part, host, version, age, ahead],
        )


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YIPAN_STATE", str(tmp_path))
    return tmp_path


@pytest.fixture
def well(state: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """An installation in which nothing is wrong, as far as a test's database can be that."""
    settings.SECRET_KEY = KEY
    monkeypatch.setenv("YIPAN_DATABASE_URL", database_url())
    settings.PASSWORD_HASHERS = QUICK
    elsewhere = (database.durable, database.tells)  # the tests' server forgets, and their transactions never commit
    monkeypatch.setitem(doctor.CHECKS, "database", tuple(c for c in database.CHECKS if c not in elsewhere))
    monkeypatch.setattr(database, "SLOW_MILLISECONDS", float("inf"))
    monkeypatch.setattr(machine, "LITTLE_BYTES", 0)
    monkeypatch.setattr(machine, "LITTLE_SHARE", 0.0)
    monkeypatch.setattr(database, "LONG_MINUTES", 10_000)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM server_process")
    user = User.objects.create_user("han", password="not the demo's")
    Grant.objects.create(user=user, role=Role.ADMINISTRATOR, organisation=small_network().organisation)
    for part in parts.PARTS:
        process(part)


def test_a_good_installation_has_no_finding(well: None) -> None:
    """Every check is made and finds nothing; the exit code is 0."""
    findings = list(doctor.examine())
    assert findings == []
    assert doctor.worst(findings) == 0


def test_every_code_speaks_both_languages() -> None:
    """Each sentence exists, says what to do in a sentence of its own, and has a Chinese one."""
    for code, text in SENTENCES.items():
        with translation.override("en"):
            english = str(text)
        with translation.override("zh-hans"):
            assert str(text) != english, code
        if code not in ("doctor_fine", "doctor_fault", "doctor_warning"):
            assert english.rstrip("…").count(".") + english.count(":") >= 1, code


def test_worst_is_the_exit_code() -> None:
    """A fault outweighs warnings."""
    assert doctor.worst([Finding(Level.WARNING, "a"), Finding(Level.FAULT, "b"), Finding(Level.WARNING, "c")]) == 2
    assert doctor.worst([Finding(Level.WARNING, "a")]) == 1


def test_a_lost_database_leaves_out_what_needs_it(well: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one sentence about the database is said, not twenty that follow from it."""
    monkeypatch.setenv("YIPAN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    found = list(doctor.examine())
    assert [f.code for f in found] == ["database_unreachable"]
    assert "127.0.0.1:1/nothing" in say(found[0].code, **found[0].params)


def test_tables_of_yesterday_leave_out_what_lies_in_them(well: None) -> None:
    """While migrations wait, the one sentence about them is said: the rest may not even have its tables."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'server' AND name = '0002_processes'")
        cursor.execute("DROP TABLE server_process")
    assert [f.code for f in doctor.examine()] == ["doctor_migrations_waiting"]


def test_a_check_that_fails_is_told(well: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of a check is a finding; the others are made."""

    def broken() -> Iterator[Finding]:
        raise ZeroDivisionError
        yield

    monkeypatch.setitem(doctor.CHECKS, "machine", (broken,))
    assert [(f.code, f.params["error"]) for f in doctor.examine()] == [("doctor_check_failed", "ZeroDivisionError")]


def test_old_and_incomplete_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too old a server and a missing extension are named."""
    monkeypatch.setenv("YIPAN_DATABASE_URL", database_url())
    assert codes(database.reachable) == []
    monkeypatch.setattr("yipan.server.external.OLDEST", 99)
    assert codes(database.reachable) == ["database_too_old"]
    monkeypatch.setattr("yipan.server.external.OLDEST", 15)
    monkeypatch.setattr("yipan.server.external.EXTENSIONS", ("no_such",))
    assert codes(database.reachable) == ["database_lacks_extension"]


def test_a_slow_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The median of some short questions is above the bound."""
    monkeypatch.setattr(database, "_timed", lambda: 90.0)
    (found,) = database.quick()
    assert (found.code, found.params) == ("doctor_database_slow", {"milliseconds": "90"})


def answers(monkeypatch: pytest.MonkeyPatch, *row: Any) -> None:
    monkeypatch.setattr(database, "_one", lambda sql, values=None: row)


def test_a_database_that_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both settings that give up durability are named."""
    answers(monkeypatch, "off")
    assert [f.params["setting"] for f in database.durable()] == ["fsync", "full_page_writes"]


def test_a_locale_without_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own server knows Chinese; one that does not is named."""
    assert codes(database.reads_chinese) == []
    monkeypatch.setattr(database, "_one", lambda sql, values=None: (1,) if "pg_extension" in sql else (False,))
    assert codes(database.reads_chinese) == ["doctor_locale"]


@pytest.mark.django_db(transaction=True)
def test_a_pooler_before_the_direct_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Notices that do not arrive are told; those of a direct connection do."""
    assert codes(database.tells) == []
    monkeypatch.setattr(database, "NOTICE_SECONDS", 0.05)
    real = direct.connect

    def deaf() -> psycopg.Connection:
        ears = real()
        monkeypatch.setattr(ears, "execute", lambda *_: None)
        return ears

    monkeypatch.setattr(direct, "connect", deaf)
    assert codes(database.tells) == ["doctor_no_notices"]


def test_few_connections_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above four fifths of what the server allows."""
    assert codes(database.connections_left) == []
    answers(monkeypatch, 81, 100)
    assert codes(database.connections_left) == ["doctor_connections"]


def test_a_long_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that another connection keeps open."""
    monkeypatch.setattr(database, "LONG_MINUTES", 0)
    with direct.connect() as other:
        other.execute("BEGIN")
        other.execute("SELECT 1")
        assert codes(database.long_transactions) == ["doctor_long_transaction"]


def test_room_on_disk(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Little room is a warning, next to none a fault."""
    usage = SimpleNamespace(total=100 * 1024**3, used=0, free=5 * 1024**3)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: usage)
    assert codes(machine.room_on_disk) == ["doctor_disk_little"]
    usage.free = 1024**3
    assert codes(machine.room_on_disk) == ["doctor_disk_full"]
    usage.free = 50 * 1024**3
    assert codes(machine.room_on_disk) == []


def test_open_key_files(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that others may read, and one that is not there."""
    key = state / "secret.key"
    key.write_text("x")
    key.chmod(0o600)
    assert codes(machine.secrets_are_closed) == []
    key.chmod(0o640)
    assert codes(machine.secrets_are_closed) == ["doctor_key_open"]
    elsewhere = state / "tls.pem"
    elsewhere.touch(mode=0o600)
    for variable in ("YIPAN_HL7_KEY", "YIPAN_DICOM_KEY"):
        key.chmod(0o600)
        monkeypatch.setenv(variable, str(elsewhere))
        elsewhere.chmod(0o600)
        assert codes(machine.secrets_are_closed) == []
        elsewhere.chmod(0o644)
        assert codes(machine.secrets_are_closed) == ["doctor_key_open"]
        monkeypatch.delenv(variable)


def test_a_misspelt_setting_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does nothing, and whoever wrote it believes that it does."""
    assert codes(security.misspelt) == []
    monkeypatch.setenv("YIPAN_PROXYS", "10.0.0.5")
    (finding,) = security.misspelt()
    assert (finding.level, finding.params["near"]) == (Level.WARNING, "YIPAN_PROXIES")


def test_settings_for_trying(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Debug, plain HTTP, any host, a weak key and open HL7, each where others reach the installation."""
    settings.SECRET_KEY = KEY
    assert [c for check in security.CHECKS for c in codes(check)] == []
    settings.DEBUG = True
    settings.SECRET_KEY = "short"
    settings.ALLOWED_HOSTS = ["*"]
    monkeypatch.setenv("YIPAN_HL7_HOST", "10.0.0.5")
    assert [c for check in security.CHECKS for c in codes(check)] == [
        "doctor_debug",
        "doctor_no_https",
        "doctor_any_host",
        "doctor_weak_secret",
        "doctor_hl7_open",
    ]


def test_tables_of_another_version() -> None:
    """A migration that waits, and one that this version does not know."""
    assert codes(tables.up_to_date) == []
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'server' AND name = '0002_processes'")
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('spine', '9999_later', now())")
    waiting, behind = tables.up_to_date()
    assert (waiting.code, waiting.params["first"]) == ("doctor_migrations_waiting", "server.0002_processes")
    assert (behind.code, behind.params["first"]) == ("doctor_version_behind", "spine.9999_later")


def test_a_half_built_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named. How one comes about: test_migrating."""
    monkeypatch.setattr(tables, "unusable_indexes", lambda: ["half_once"])
    assert codes(tables.indexes) == ["doctor_index_unusable"]


def test_demo_passwords_and_nobody_in_charge(settings: Any) -> None:
    """An account with the password of the documentation; no administrator."""
    settings.PASSWORD_HASHERS = QUICK
    assert codes(tables.somebody_decides) == ["doctor_no_administrator"]
    assert codes(tables.demo_passwords) == []
    User.objects.create_user("coordinator", password=tables.PASSWORD)
    assert codes(tables.demo_passwords) == ["doctor_demo_passwords"]


def test_processes(well: None) -> None:
    """A part that is silent, one lost machine, mixed versions, and a wrong clock."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM server_process WHERE part = 'worker'")
    process("worker", age=100)
    process("web", host="two", ahead=-7.5, version="2")
    found = [finding for check in parts.CHECKS for finding in check()]
    assert [f.code for f in found] == ["doctor_silent_worker", "doctor_lost", "doctor_versions", "doctor_clock"]
    assert found[-1].params == {"host": "two", "seconds": "-7.5"}
    assert all(presence.seen())


def test_nobody_applies(well: None) -> None:
    """A listener that stores what nobody applies is a fault: hospitals are told that all is well."""
    assert codes(parts.at_work) == []
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM server_process WHERE part = 'apply'")
    assert codes(parts.at_work) == ["doctor_silent_apply"]


def message(source: Source, **more: Any) -> None:
    InboundMessage.objects.create(
        source=source, peer="p", digest=new_id().hex, raw=b"x", **{"received_at": long_ago(), **more}
    )


def test_messages_that_wait() -> None:
    """Not applied, waiting for a person, and from a sender that belongs to nobody."""
    known = Source.objects.create(application="HIS", organisation=small_network().organisation)
    unknown = Source.objects.create(application="LIS")
    assert codes(queues.messages) == []
    message(known)
    message(known, state="waiting", error_code="bed_unknown")
    message(known, state="waiting", error_code="bed_unknown", retry_at=clock.now())
    message(unknown, state="waiting", error_code="source_unmapped")
    found = list(queues.messages())
    assert [f.code for f in found] == [
        "doctor_messages_not_applied",
        "doctor_sender_unmapped",
        "doctor_messages_waiting",
    ]
    assert [f.params["n"] for f in found] == [1, 1, 1]


def test_effects_and_jobs_that_wait() -> None:
    """The outbox stands still and fails; jobs are late and failed."""
    assert codes(queues.effects) + codes(queues.jobs) == []
    common = {"topic": "t", "created_at": long_ago(), "not_before": long_ago()}
    OutboxMessage.objects.create(key="a", **common)
    OutboxMessage.objects.create(key="b", attempts=6, **common)
    assert codes(queues.effects) == ["doctor_outbox_late", "doctor_outbox_fails"]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, scheduled_at, priority)"
            " VALUES ('default', 'x', '{}', 'todo', now() - interval '1 hour', 0),"
            "        ('default', 'x', '{}', 'failed', now(), 0)"
        )
    assert codes(queues.jobs) == ["doctor_jobs_late", "doctor_jobs_failed"]


def test_holds_that_nobody_ends() -> None:
    """A hold that ran out minutes ago still keeps its bed."""
    from yipan.spine.booking.places import period

    network = small_network()
    request: Request = request_for(network, "neurology", patient())
    bed = Capacity.objects.filter(site=network.site).first()
    now = clock.now()
    held = Booking(
        capacity=bed,
        request=request,
        patient=request.patient,
        state="held",
        period=period(now, now + timedelta(days=1)),
        expires_at=long_ago(),
        created_at=long_ago(),
    )
    held.save(force_insert=True)
    assert codes(queues.holds) == ["doctor_holds_overdue"]


@pytest.mark.django_db(transaction=True)
def test_a_sign_of_life_comes_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process is seen as soon as it says so, by this machine's clock, and leaves nothing when it ends well."""
    said = threading.Event()
    real = presence.say

    def say_it(*arguments: Any) -> None:
        real(*arguments)
        said.set()

    monkeypatch.setattr(presence, "say", say_it)
    with presence.shown("worker"):
        assert said.wait(20)
        mine = [seen for seen in presence.seen() if seen.pid == os.getpid()]
        assert [seen.part for seen in mine] == ["worker"]
        assert mine[0].is_alive
        assert abs(mine[0].clock_ahead) < parts.CLOCK_SECONDS
    assert not [seen for seen in presence.seen() if seen.pid == os.getpid()]
