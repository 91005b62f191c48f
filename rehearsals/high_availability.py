"""Kill the primary of a replicated PostgreSQL while people book beds, and count what is left.

    python rehearsals/high_availability.py [writers]

Starts three etcd and three PostgreSQL 15 under Patroni on loopback, writes bookings through Yipan, then: hands the lead
over in order, kills the primary with everything around it, and starts the killed one again. Prints seconds without a
booking and what is missing on each node. Exit code 1 when a booking that was acknowledged is gone or one is double.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from replicated import Cluster, Node, missing, until
from writers import Writers

LOAD_SECONDS = 8.0
DOUBLE = """
SELECT count(*) FROM spine_booking a JOIN spine_booking b
    ON a.id < b.id AND a.capacity_id = b.capacity_id AND a.period && b.period
"""


def main() -> int:
    if lacking := missing():
        print(f"Not rehearsed: install the Debian packages {' '.join(lacking)}.")
        return 2
    writers = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    with tempfile.TemporaryDirectory(prefix="yipan-ha-") as temporary:
        Path(temporary).chmod(0o755)
        with Cluster(Path(temporary) / "cluster") as cluster:
            return rehearse(cluster, Path(temporary) / "state", writers)


def rehearse(cluster: Cluster, state: Path, count: int) -> int:
    """The whole rehearsal; the exit code."""
    tell("cluster is whole", until(cluster.is_whole, "the cluster did not become whole"))
    cluster.make_database()
    os.environ |= {"YIPAN_DATABASE_URL": cluster.url, "YIPAN_LOG_LEVEL": "CRITICAL", "YIPAN_SECRET_KEY": "rehearsal"}
    os.environ["YIPAN_STATE"] = str(state)
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "yipan.server.cli", "migrate"], check=True, stdout=subprocess.DEVNULL)
    tell("tables made through the address of all nodes", time.monotonic() - began)
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "yipan.server.settings"
    django.setup()
    writers = Writers(count)
    writers.start()
    load(writers)
    try:
        hand_over(cluster, writers)
        killed = kill_primary(cluster, writers)
        come_back(cluster, killed)
        load(writers)
    finally:
        writers.stop()
    return count_losses(cluster, writers)


def load(writers: Writers) -> None:
    """Let people work for a while, and say how fast they are."""
    before, began = writers.booked(), time.monotonic()
    time.sleep(LOAD_SECONDS)
    print(f"{(writers.booked() - before) / (time.monotonic() - began):8.0f} bookings/s", flush=True)


def hand_over(cluster: Cluster, writers: Writers) -> None:
    """A planned change of the primary, as before maintenance."""
    leader, (follower, *_) = cluster.leader(), cluster.synchronous()
    assert leader is not None
    began = time.monotonic()
    leader.switch_to(follower)
    resume(writers, began, "writes resumed after a planned hand-over; longest silence")
    until(cluster.is_whole, "the cluster did not become whole after the hand-over")


def kill_primary(cluster: Cluster, writers: Writers) -> Node:
    """kill -9 of the primary: Patroni, PostgreSQL and all its processes."""
    leader = cluster.leader()
    assert leader is not None
    began = time.monotonic()
    leader.kill()
    tell("there is a new primary", until(cluster.leader, "no follower took over", 120))
    with psycopg.connect(cluster.url) as connection:  # a commit waits until a follower has it too
        connection.execute("CREATE TABLE probe ()")
    tell("a plain connection can write, from kill -9", time.monotonic() - began)
    resume(writers, began, "writes resumed after kill -9 of the primary; longest silence")
    return leader


def resume(writers: Writers, began: float, what: str) -> None:
    """Wait until bookings are acknowledged again, for five seconds in a row, and say how long nobody booked."""
    until(lambda: any(at > began + 1.0 for _, at in list(writers.tally.acknowledged)), "writes did not resume", 120)
    time.sleep(5.0)
    tell(what, writers.tally.longest_silence(began))


def come_back(cluster: Cluster, node: Node) -> None:
    """Start the killed node: Patroni rewinds it and lets it follow."""
    node.start()
    tell("the killed node follows again", until(cluster.is_whole, "the killed node did not come back", 120))


def count_losses(cluster: Cluster, writers: Writers) -> int:
    """Compare every node with what was acknowledged."""
    tally = writers.tally
    acknowledged = {booking for booking, _ in tally.acknowledged}
    leader = cluster.leader()
    assert leader is not None
    (position,) = next(cluster.read(leader, "SELECT pg_current_wal_lsn()::text"))
    bad = 0
    for node in cluster.nodes:
        if node is not leader:
            caught_up = f"SELECT pg_last_wal_replay_lsn() >= '{position}'"
            until(lambda node=node, query=caught_up: next(cluster.read(node, query))[0], "a follower lags")
        there = {row[0] for row in cluster.read(node, "SELECT id FROM spine_booking")}
        (double,) = next(cluster.read(node, DOUBLE))
        lost, unknown = len(acknowledged - there), len(there - acknowledged)
        bad += lost + double + max(0, unknown - tally.unclear)
        role = "primary" if node is leader else "follower"
        print(f"{node.name} ({role}): {lost} of {len(acknowledged)} acknowledged bookings missing, {double} double,")
        print(f"    {unknown} there whose answer was lost on the way (of {tally.unclear} unanswered attempts)")
    print("nothing acknowledged was lost" if not bad else f"FAILED: {bad}")
    return int(bad > 0)


def tell(what: str, seconds: float) -> None:
    print(f"{seconds:8.1f} s  {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
