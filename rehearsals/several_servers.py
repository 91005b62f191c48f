"""Kill and restart servers behind one address while people work, and count what anybody noticed.

    python rehearsals/several_servers.py [seconds of load between the steps]

Three web processes behind HAProxy, two HL7 listeners and two workers, PgBouncer in transaction mode before PostgreSQL.
Readers, bookers, open streams and two hospital systems work while one web is killed with -9, a listener and a worker
are killed, and then every process is restarted in turn. Prints a tally. Exit code 1 when a request failed twice, a
stream missed an event, an acknowledged message is missing, was doubled or out of order, or a hold was lost or doubled.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from behind_one_address import Stack, missing, until
from clients import Booker, Reader, Sender, Stream, Tally

READERS, BOOKERS, STREAMS = 2, 2, 12
FACILITIES = ("F1", "F2")
PERSON = "rehearsal"


def main() -> int:
    if lacking := missing():
        print(f"Not rehearsed: install the Debian packages {' '.join(lacking)}.")
        return 2
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 6.0
    with tempfile.TemporaryDirectory(prefix="yipan-servers-") as temporary:
        place = Path(temporary)
        place.chmod(0o755)
        try:
            with Stack(place) as stack:
                return rehearse(stack, seconds)
        except BaseException:
            for log in sorted(place.glob("*.log")):
                print(f"--- {log.name}", *log.read_text(errors="replace").splitlines()[-8:], sep="\n")
            raise


def rehearse(stack: Stack, seconds: float) -> int:
    """The whole rehearsal; the exit code."""
    stack.run("migrate")
    os.environ |= stack.variables(YIPAN_DATABASE_URL=stack.direct, YIPAN_LOG_LEVEL="CRITICAL")
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "yipan.server.settings"
    django.setup()
    world = World()
    stack.start()
    tell("three webs, two listeners, two workers are ready")
    with at_work(stack, world) as clients:
        time.sleep(seconds)
        for name in ("web2", "hl7-1", "worker1"):
            stack.parts[name].kill()
            tell(f"{name} killed with -9")
            time.sleep(seconds)
            stack.parts[name].start()
            until(stack.parts[name].is_ready, f"{name} is ready again")
        for name in ("web1", "web2", "web3", "hl7-1", "hl7-2", "worker1", "worker2"):
            code = stack.parts[name].restart()
            tell(f"{name} restarted in good order (exit code {code})")
            time.sleep(min(seconds, 2.0))
        time.sleep(seconds)
    return world.judge(clients)


class World:
    """The hospital of the rehearsal, and what must be true of it at the end."""

    def __init__(self) -> None:
        from django.contrib.auth.models import User

        from yipan.base.access.models import Grant
        from yipan.interop.models import Source
        from yipan.spine.testing import small_network

        self.network = small_network(wards={f"ward{n}": 40 for n in range(BOOKERS)})
        self.user = User.objects.create(username=PERSON, first_name="演练")
        Grant.objects.create(user=self.user, role="coordinator", organisation=self.network.organisation)
        for facility in FACILITIES:
            Source.objects.create(application="HIS", facility=facility, organisation=self.network.organisation)
        self.since = sql("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")[0][0]
        self.first_event = sql("SELECT coalesce(max(id), 0) FROM spine_event")[0][0]

    def session(self) -> str:
        """A login like any other, begun without its form."""
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(self.user)
        return str(client.cookies[settings.SESSION_COOKIE_NAME].value)

    def ask(self, ward: str) -> str:
        """A patient who waits for a bed of this ward."""
        from yipan.kernel import clock
        from yipan.lines.beds.models import AdmissionRequest
        from yipan.spine.models import Request
        from yipan.spine.testing import patient

        now, who = clock.now(), patient()
        request = Request.objects.create(
            line="beds",
            patient=who,
            site=self.network.site,
            home_department=self.network.departments[ward],
            priority="urgent",
            wanted_from=now,
            created_at=now,
            created_by=PERSON,
        )
        AdmissionRequest.objects.create(
            request=request, certificate_at=now, sex=who.sex, age_years=66, diagnosis_code="I63.9", diagnosis="演练"
        )
        return str(request.pk)

    def judge(self, clients: Clients) -> int:
        """Wait until everything is applied, compare, print, and return the exit code."""
        tally = clients.tally
        until(lambda: not sql("SELECT 1 FROM interop_inboundmessage WHERE state = 'received'"), "messages are applied")
        until(lambda: not sql("SELECT 1 FROM spine_outboxmessage WHERE done_at IS NULL"), "the outbox is empty")
        events = {row[0] for row in sql("SELECT id FROM spine_event WHERE id > %s", [self.first_event])}
        until(lambda: all(events <= stream.seen for stream in clients.streams), "streams have caught up")
        for stream in clients.streams:
            stream.stopping.set()
        sent = sum(sender.acknowledged for sender in clients.senders)
        stored, distinct = sql(STORED)[0]
        applied = sql("SELECT count(*) FROM interop_inboundmessage WHERE state = 'applied'")[0][0]
        people = sql("SELECT count(*) FROM patients_patient WHERE name LIKE '赵%%'")[0][0]
        wrong = [*tally.failures]
        facts = {
            "events seen by every stream": len(events),
            "messages stored once": distinct,
            "messages applied": applied,
            "people known by them": people,
            "out of order": sql(DISORDER)[0][0],
            "bookings that overlap": sql(OVERLAPS)[0][0],
        }
        if not sent <= stored == distinct == applied == people <= sent + len(clients.senders):
            wrong.append("messages do not add up")
        wrong += [name for name in ("out of order", "bookings that overlap") if facts[name]]
        for name, count in sorted({**tally.counts, **facts}.items()):
            print(f"{count:8}  {name}")
        for what in wrong:
            print(f"WRONG: {what}")
        print("Nobody noticed more than a repeated request." if not wrong else "Somebody noticed.")
        return 1 if wrong else 0


DISORDER = """
SELECT count(*) FROM (
    SELECT applied_at < lag(applied_at) OVER (PARTITION BY source_id ORDER BY id) AS early,
           control_id::int < lag(control_id::int) OVER (PARTITION BY source_id ORDER BY id) AS late
      FROM interop_inboundmessage) AS told
 WHERE early OR late
"""
STORED = "SELECT count(*), count(DISTINCT (source_id, control_id)) FROM interop_inboundmessage"
OVERLAPS = """
SELECT count(*)
  FROM spine_booking a JOIN spine_booking b ON a.id < b.id AND a.capacity_id = b.capacity_id AND a.period && b.period
 WHERE a.state IN ('held', 'confirmed', 'active') AND b.state IN ('held', 'confirmed', 'active')
"""


class Clients:
    """Everybody who works in the rehearsal."""

    def __init__(self, stack: Stack, world: World) -> None:
        self.tally, self.stop = Tally(), threading.Event()
        stop, port = self.stop, stack.port
        self.readers = [Reader(self.tally, stop, port, world.session()) for _ in range(READERS)]
        self.bookers = [self._booker(world, f"ward{n}", port) for n in range(BOOKERS)]
        self.senders = [Sender(self.tally, stop, stack.hl7_port, facility) for facility in FACILITIES]
        self.streams = [
            Stream(self.tally, threading.Event(), port, world.session(), world.since) for _ in range(STREAMS)
        ]

    def _booker(self, world: World, ward: str, port: int) -> Booker:
        booker = Booker(self.tally, self.stop, port, world.session())
        booker.request, booker.bed = world.ask(ward), str(world.network.beds[ward][0].pk)
        query = "SELECT id::text FROM spine_booking WHERE request_id = %s AND state IN ('held', 'confirmed', 'active')"
        booker.live = lambda: next((row[0] for row in sql(query, [booker.request])), None)
        return booker


@contextmanager
def at_work(stack: Stack, world: World) -> Iterator[Clients]:
    """Everybody works while the block lasts; the streams stay open until `judge` has compared them."""
    clients = Clients(stack, world)
    working = [*clients.readers, *clients.bookers, *clients.senders]
    for client in (*clients.streams, *working):
        client.start()
    for stream in clients.streams:
        until(stream.opened.is_set, "streams are open")
    yield clients
    clients.stop.set()
    for client in working:
        client.join(60)


def sql(text: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """Rows of a question to the database itself."""
    from django.db import connection

    try:
        with connection.cursor() as cursor:
            cursor.execute(text, values)
            return list(cursor.fetchall())
    finally:
        connection.close()


def tell(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
