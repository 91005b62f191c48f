"""A full disk: senders hear AE, people a sentence, nothing is half done, and all goes on when there is room again."""

from __future__ import annotations

import http.client
import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from tests.crash import invariants
from tests.crash.clients import Ledger, messages_of
from tests.crash.installation import Installation, until
from tests.crash.storm import finish
from tests.journeys import hospital as hospitals
from yipan.codecs.hl7v2.ack import read_answer
from yipan.interop.inbound import apply_pending, receive
from yipan.interop.mllp import client as mllp
from yipan.interop.models import InboundMessage
from yipan.interop.tests.his import PEER, His
from yipan.kernel.errors import Unavailable
from yipan.spine.models import Booking, Event, OutboxMessage
from yipan.spine.testing import small_network

ROOM = "size=700M"
SENTENCE = "The disk of the database is full."


@contextmanager
def full(*tables: str) -> Iterator[None]:
    """PostgreSQL answers an insert with what it says when no block can be added to the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION crash_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
            " 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
        )
        for table in tables:
            cursor.execute(
                f"CREATE TRIGGER crash_full BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION crash_full()"
            )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION crash_full CASCADE")


@pytest.mark.django_db(transaction=True)
def test_a_message_is_not_taken_and_taken_later() -> None:
    """Without room the answer is negative and nothing is stored; repeated when there is room, it is taken once."""
    his = His(small_network())
    raw = his.raw("A28")

    def told() -> str:
        answer = receive(raw, PEER)
        assert answer is not None
        return read_answer(answer).code

    with full("interop_inboundmessage"):
        assert told() == "CE"
        assert InboundMessage.objects.count() == 0
    assert [told(), told()] == ["CA", "CA"]
    assert apply_pending() == 1


@pytest.mark.django_db(transaction=True)
def test_a_message_that_was_taken_waits_in_its_place() -> None:
    """Without room for its effects a stored message stays first of its sender, untouched; nothing overtakes it."""
    his = His(small_network())
    his.tell("A01", "P1", his.network.beds["neurology"][0])
    his.tell("A03", "P1", his.network.beds["neurology"][0])
    with full("spine_event"), pytest.raises(Exception, match="No space left"):
        apply_pending()
    assert set(InboundMessage.objects.values_list("state", "attempts")) == {("received", 0)}
    assert Booking.objects.count() == Event.objects.count() == 0
    apply_pending()
    assert set(InboundMessage.objects.values_list("state", flat=True)) == {"applied"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["spine_booking", "spine_event", "beds_placement"])
def test_a_page_says_so_and_changes_nothing(table: str) -> None:
    """Holding a bed without room for one of its rows gives 503 and a sentence; no row is there; then it works."""
    made = hospitals.build()
    person = Client(headers={"accept-language": "en"})
    person.force_login(User.objects.get(username="zhou"))
    path, given = f"/desk/{made.waiting[0].pk}/hold", {"bed": made.bed(0).pk}

    def rows() -> tuple[int, ...]:
        return Booking.objects.count(), Event.objects.count(), OutboxMessage.objects.count()

    before = rows()
    with full(table):
        answer = person.post(path, given)
        assert answer.status_code == 503
        assert SENTENCE in answer.content.decode()
        assert rows() == before
    assert person.post(path, given).status_code == 302


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own for the state of an installation."""
    state = folder / "var"
    state.mkdir(mode=0o755)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"{ROOM},mode=755", "none", str(state)], capture_output=True, text=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"needs the right to mount a file system: {mounted.stderr.strip()}")
    yield state
    subprocess.run(["umount", "-l", str(state)], check=True)


@pytest.mark.skipif(os.geteuid() != 0 or not Path("/proc/self/task").exists(), reason="needs root and /proc")
@pytest.mark.timeout(300)
def test_a_disk_that_is_really_full(folder: Path, small_disk: Path) -> None:
    """The disk under PostgreSQL is filled to its last byte while a hospital's system sends: what was acknowledged is
    there, what comes is refused or repeated, nobody has to restart anything, and with room again all of it arrives.
    """
    installation, ledger = Installation(folder, random.Random(1)), Ledger()
    try:
        installation.start()
        told = installation.furnish(400, 4, 1)
        messages = list(messages_of(told["feeds"][0]))
        ballast = small_disk / "ballast"
        send(installation, messages[:40], ledger)
        assert len(ledger.acknowledged) == 40
        fill(ballast)
        send(installation, messages, ledger)
        assert len(ledger.acknowledged) < len(messages), "the disk was not full"
        assert looks_well_or_says_why(installation, told["session"])
        ballast.unlink()
        until(
            lambda: send(installation, messages, ledger) == len(messages),
            lambda: installation.said()[-3000:],
            installation,
        )
        installation.wait_until_ready()
        finish(installation)
        assert invariants.violations(installation.url(), ledger) == []
    finally:
        installation.stop()


def fill(ballast: Path) -> None:
    """Write until nothing fits any more."""
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 65536):
            continue


def send(installation: Installation, messages: list[tuple[str, bytes]], ledger: Ledger) -> int:
    """Send in order what was not acknowledged yet, until one is not; how many are acknowledged by now."""
    waiting = [(name, raw) for name, raw in messages if name not in ledger.acknowledged]
    with suppress(Unavailable):
        answers = mllp.send("127.0.0.1", installation.hl7_port, (raw for _, raw in waiting), timeout=40)
        for (name, raw), (_, answer) in zip(waiting, answers, strict=False):
            if not mllp.accepted(raw, answer):
                assert answer is not None
                assert b"|AE|" in answer
                break
            ledger.acknowledged.add(name)
    return len(ledger.acknowledged)


def looks_well_or_says_why(installation: Installation, session: str) -> bool:
    """The start page answers, or is a 503 with a sentence."""
    browser = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=60)
    browser.request("GET", "/", headers={"Cookie": session, "Accept-Language": "en"})
    answer = browser.getresponse()
    text = answer.read().decode()
    return answer.status in (200, 302) or (answer.status == 503 and "database" in text)
