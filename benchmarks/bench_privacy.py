"""What sealing costs, as ratios against the same work without it, and what a search costs among many patients.

    yipan manage shell -c "exec(open('benchmarks/bench_privacy.py').read())"     # in an empty database; it fills it

Prints: microseconds to seal and open a message of 800 bytes with either cipher; `receive` of a message with sealing
against the same with `seal` replaced by nothing; and the middle time of each kind of search among PATIENTS invented
people, against the time of the same search among a hundredth of them. BENCH_PATIENTS sets how many.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

from django.db import connection

from yipan.base.access import SYSTEM
from yipan.base.patients import queries
from yipan.base.vault import keys
from yipan.interop import inbound
from yipan.kernel import sealing
from yipan.kernel.sealing import Algorithm, KeyRing

PATIENTS = int(os.environ.get("BENCH_PATIENTS", "1000000"))
SEARCHES = ("李建国", "建国", "lijianguo", "ljg", "jianguo", "13812345678", "1962-03-12")
FILL = """
INSERT INTO patients_patient (id, name, pinyin, initials, sex, birth_date, phone, phone_digest, address, contact_name,
                              contact_phone, created_at, updated_at)
SELECT gen_random_uuid(), chr(19968 + i %% 7000) || chr(20000 + i %% 6301) || chr(21000 + i %% 5003), md5(i::text),
       left(md5(i::text), 4), 'male', DATE '1930-01-01' + i %% 30000, '',
       decode(md5(i::text), 'hex'), '', '', '', now(), now()
FROM generate_series(%s, %s) AS i
"""
MESSAGE = (
    "MSH|^~\\&|BENCH|H|YIPAN|Y|20260302120000||ADT^A08|C{0}|P|2.5|||AL|NE||UNICODE UTF-8\r"
    "PID|1||P{0}^^^HIS^MR||李建国^^^^^^L||19600501|M|||大桥路||13812345678\rPV1|1|I|W^R^1" + "|" * 16 + "V{0}\r"
)


def middle(work: Callable[[], object], rounds: int) -> float:
    """Middle time of some rounds, in milliseconds."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def ciphers() -> None:
    value = b"x" * 800
    for algorithm in Algorithm:
        ring = KeyRing.new(algorithm)
        sealed = sealing.seal(ring, value, b"row")
        one = middle(lambda r=ring: [sealing.seal(r, value, b"row") for _ in range(1000)], 5)
        two = middle(lambda r=ring, s=sealed: [sealing.unseal(r, s, b"row") for _ in range(1000)], 5)
        print(f"{algorithm}: seal {one:.1f} µs, open {two:.1f} µs")


def receiving(rounds: int = 400) -> None:
    """Processor time, and the two kinds by turns: the wait for the disk is the same and says more of the machine."""
    real, took = sealing.seal, ([], [])
    for number in range(rounds):
        sealed = number % 2
        sealing.seal = real if sealed else lambda ring, value, context: value
        raw, began = MESSAGE.format(f"{time.time_ns()}").encode(), time.process_time()
        inbound.receive(raw, "bench")
        took[sealed].append((time.process_time() - began) * 1000)
    sealing.seal = real
    plain, sealed_ms = (statistics.median(part) for part in took)
    print(f"receive: {sealed_ms:.2f} ms of processor sealed, {plain:.2f} ms open, ratio {sealed_ms / plain:.2f}")


def searching() -> None:
    found: dict[str, list[float]] = {}
    start = 1
    for size in (PATIENTS // 100, PATIENTS):
        with connection.cursor() as cursor:
            cursor.execute(FILL, [start, size])
            cursor.execute("SELECT gin_clean_pending_list('patient_pinyin_inside')")
            cursor.execute("SELECT gin_clean_pending_list('patient_name_characters')")
            cursor.execute("ANALYZE patients_patient")
        start = size + 1
        for text in SEARCHES:
            queries.search(SYSTEM, text)
            found.setdefault(text, []).append(middle(lambda t=text: queries.search(SYSTEM, t), 15))
    for text, (few, many) in found.items():
        print(f"search {text}: {many:.1f} ms among {PATIENTS:,}, ratio {many / few:.1f} to {PATIENTS // 100:,}")


keys.ring()
ciphers()
receiving()
searching()
