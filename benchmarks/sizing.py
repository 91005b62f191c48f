"""What one unit of work costs, for docs/reference/sizing.md: processor time and bytes, not time on the wall.

    .venv/bin/python benchmarks/sizing.py

Makes an embedded database in a temporary directory (1,000 beds), does placements from request to departure, takes in
HL7 messages, and reads boards, each in one process. Processor time is that of Yipan and of PostgreSQL together, so
that the figures hold on a busy machine too. Bytes are those of tables and indexes with what a vacuum leaves.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

WARDS, BEDS = 25, 40
PLACEMENTS, MESSAGES, BOARDS, SHORT = 40, 80, 4, 20
TICKS = os.sysconf("SC_CLK_TCK")
SIZES = """
SELECT relname, n_live_tup, pg_total_relation_size(relid) FROM pg_stat_user_tables WHERE n_live_tup > 0
"""


def main() -> int:
    from yipan.server.embedded import Server

    with tempfile.TemporaryDirectory(prefix="yipan-sizing-") as temporary:
        Path(temporary).chmod(0o755)
        with Server(Path(temporary) / "state") as server:
            os.environ |= {"YIPAN_DATABASE_URL": server.url, "DJANGO_SETTINGS_MODULE": "yipan.server.settings"}
            os.environ |= {"YIPAN_SECRET_KEY": "a key that is only there for measuring sizes", "YIPAN_DEMO": "0"}
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0)
            process = server.process()
            assert process is not None
            measure(process.pid)
    return 0


def measure(postmaster: int) -> None:
    """Do the work, one kind after the other, and print what each cost."""
    from yipan.spine.testing import small_network

    network = small_network(wards={f"ward{n:02}": BEDS for n in range(WARDS)})
    report("HL7 message stored and applied", MESSAGES, messages(network), postmaster)
    report("placement, request to departure", PLACEMENTS, placements(network), postmaster)
    report("short page", SHORT, pages(network, "/waiting"), postmaster)
    report(f"whole board of {WARDS * BEDS} beds", BOARDS, pages(network, "/beds"), postmaster)


def report(what: str, times: int, once: Callable[[int], None], postmaster: int) -> None:
    """Print processor milliseconds (Yipan's, PostgreSQL's) and bytes that one of these takes."""
    once(0)
    before, disk = cpu(postmaster), sizes()
    for number in range(1, times + 1):
        once(number)
    own, theirs = (after - was for after, was in zip(cpu(postmaster), before, strict=True))
    grown = {t: (n - disk.get(t, (0, 0))[0], b - disk.get(t, (0, 0))[1]) for t, (n, b) in sizes().items()}
    rows = sum(n for n, _ in grown.values())
    size = sum(b for _, b in grown.values())
    print(f"{what:34} {1000 * own / times:7.1f} ms + {1000 * theirs / times:6.1f} ms", end="")
    print(f"  {rows / times:6.1f} rows  {size / times:8.0f} bytes", flush=True)
    for table, (n, b) in sorted(grown.items(), key=lambda item: -item[1][1])[:5]:
        if n > 0 and b > 0:
            print(f"    {table:30} {n / times:6.1f} rows  {b / n:7.0f} bytes a row")


def name(number: int) -> str:
    """Another name for each, so that nobody is taken for somebody else."""
    return "赵钱孙李周吴郑王冯陈"[number % 10] + chr(0x4E10 + number * 7) + chr(0x5F00 + number * 3)


def messages(network: object) -> Callable[[int], None]:
    """Admissions and departures in turn, each stored, acknowledged and applied."""
    from yipan.interop.inbound import apply_pending, receive
    from yipan.interop.models import Source

    organisation = network.organisation  # type: ignore[attr-defined]
    Source.objects.create(application="HIS", facility="H", organisation=organisation)
    beds = [bed.code for ward in network.beds.values() for bed in ward]  # type: ignore[attr-defined]

    def once(number: int) -> None:
        kind, who = ("A01", number // 2) if number % 2 == 0 else ("A03", number // 2)
        when = time.strftime("%Y%m%d%H%M%S")
        text = (
            f"MSH|^~\\&|HIS|H|YIPAN|Y|{when}||ADT^{kind}|{number}|P|2.5|||AL|NE||UNICODE UTF-8\rEVN|{kind}|{when}\r"
            f"PID|1||{who}^^^HIS^MR||{name(who)}^^^^^^L||{1930 + who % 80}0{1 + who % 9}{10 + who % 18}|M"
            f"|||湖北省宜昌市夷陵区发展大道{who}号||139{who:08}\r"
            f"PV1||I|W^1^{beds[who]}||||D7^张^医生||||||||||||V{who}\r"
        )
        receive(text.encode(), "10.0.0.7:4711")
        apply_pending()

    return once


def placements(network: object) -> Callable[[int], None]:
    """Everything that happens to one patient, with the effects that the worker carries out."""
    from yipan.base.access import Role
    from yipan.lines.beds import actions
    from yipan.lines.beds.policy import AdmissionFacts
    from yipan.spine import outbox
    from yipan.spine.testing import patient

    actor = network.actor(Role.COORDINATOR, Role.WARD_NURSE, Role.ADMINISTRATOR)  # type: ignore[attr-defined]
    names = list(network.beds)[WARDS // 2 :]  # type: ignore[attr-defined]

    def once(number: int) -> None:
        ward = names[number % len(names)]
        bed = network.beds[ward][number // len(names)].pk  # type: ignore[attr-defined]
        who = patient(name=name(1000 + number), born=date(1931 + number % 80, 1 + number % 12, 1 + number % 28))
        request = actions.request_admission(
            actor=actor,
            patient_id=who.pk,
            home_department_id=network.departments[ward].pk,  # type: ignore[attr-defined]
            facts=AdmissionFacts(diagnosis_code="I63.9", diagnosis="脑梗死"),
        )
        row = actions.hold_bed(actor=actor, request_id=request.pk, bed_id=bed)
        actions.confirm_admission(actor=actor, booking_id=row.pk)
        actions.mark_ready(actor=actor, booking_id=row.pk)
        actions.arrive(actor=actor, booking_id=row.pk)
        actions.depart(actor=actor, booking_id=row.pk)
        actions.finish_cleaning(actor=actor, bed_id=bed)
        while outbox.relay_once():
            continue

    return once


def pages(network: object, path: str) -> Callable[[int], None]:
    """One address, read by somebody who is logged in."""
    from django.contrib.auth.models import User
    from django.test import Client

    from yipan.base.access.models import Grant

    user, _ = User.objects.get_or_create(username="zhou")
    Grant.objects.get_or_create(user=user, role="coordinator", organisation=network.organisation)  # type: ignore[attr-defined]
    client = Client()
    client.force_login(user)

    def once(number: int) -> None:
        answer = client.get(path)
        assert answer.status_code == 200, answer.status_code

    return once


def cpu(postmaster: int) -> tuple[float, float]:
    """Seconds of processor time so far: of this process, and of all of PostgreSQL's."""
    pids = [postmaster, *map(int, Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split())]
    theirs = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        theirs += int(fields[11]) + int(fields[12])
        if pid == postmaster:
            theirs += int(fields[13]) + int(fields[14])  # of children that ended
    return time.process_time(), theirs / TICKS


def sizes() -> dict[str, tuple[int, int]]:
    """Rows and bytes of every table with its indexes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(SIZES)
        return {name: (rows, size) for name, rows, size in cursor.fetchall()}


if __name__ == "__main__":
    sys.exit(main())
