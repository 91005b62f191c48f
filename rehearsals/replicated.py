"""Three etcd and three PostgreSQL under Patroni in one directory, on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

POSTGRES = Path("/usr/lib/postgresql/15/bin")
NEEDED = {
    "/usr/lib/postgresql/15/bin/postgres": "postgresql-15",
    "/usr/bin/patroni": "patroni",
    "/usr/bin/etcd": "etcd-server",
}
PASSWORD = "rehearsal"
NODES = 3

# The figures of the guide: a primary that is gone is replaced after at most ttl seconds.
DYNAMIC: dict[str, Any] = {
    "ttl": 20,
    "loop_wait": 5,
    "retry_timeout": 5,
    "synchronous_mode": True,
    "synchronous_mode_strict": True,
    "postgresql": {"use_pg_rewind": True, "use_slots": True},
}


def missing() -> list[str]:
    """Debian packages that are not installed."""
    return [package for program, package in NEEDED.items() if not Path(program).exists()]


def free_ports(count: int) -> list[int]:
    """So many TCP ports of loopback that nobody uses."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(probe.getsockname()[1]) for probe in probes]


class Process:
    """A program in a process group of its own, run as an ordinary user, with its output in a file."""

    def __init__(self, command: list[str], directory: Path, name: str) -> None:
        self._command, self._directory, self._log = command, directory, directory / f"{name}.log"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        switch: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            switch = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                self._command,
                cwd=self._directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                **switch,
            )

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal to the whole group and wait; after twenty seconds it is killed."""
        if self._child is None:
            return
        for each in (number, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, each)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(20)
                return


class Node:
    """One PostgreSQL under Patroni."""

    def __init__(self, number: int, ports: tuple[int, int], etcd: list[str], directory: Path) -> None:
        self.name = f"node{number}"
        self.port, self._rest = ports
        self.directory = directory / self.name
        make(self.directory)
        file = self.directory / "patroni.yml"
        file.write_text(json.dumps(self._configuration(etcd), indent=1))  # JSON is YAML
        file.chmod(0o644)
        self._process = Process(["/usr/bin/patroni", str(file)], self.directory, "patroni")

    def start(self) -> None:
        self._process.start()

    def stop(self) -> None:
        """End it in order."""
        self._process.end()

    def kill(self) -> None:
        """What a power cut does: Patroni and every process of its server end at once."""
        self._process.end(signal.SIGKILL)
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and self._owns(entry):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(entry.name), signal.SIGKILL)

    def _owns(self, process: Path) -> bool:
        with contextlib.suppress(OSError):
            return (process / "cwd").readlink() == self.directory / "data"
        return False

    def state(self) -> dict[str, Any]:
        """What Patroni says of this node, or an empty dict while it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._rest}/patroni", timeout=2) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            return dict(json.load(error))
        except (OSError, ValueError):
            return {}

    def switch_to(self, other: Node) -> None:
        """Ask Patroni to hand the lead from this node to another one, as before maintenance."""
        wish = json.dumps({"leader": self.name, "candidate": other.name}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._rest}/switchover", wish, {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=60).close()

    def _configuration(self, etcd: list[str]) -> dict[str, Any]:
        login = {"password": PASSWORD}
        return {
            "scope": "yipan",
            "name": self.name,
            "restapi": {"listen": f"127.0.0.1:{self._rest}", "connect_address": f"127.0.0.1:{self._rest}"},
            "etcd3": {"hosts": etcd},
            "bootstrap": {
                "dcs": DYNAMIC,
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
            },
            "postgresql": {
                "listen": f"127.0.0.1:{self.port}",
                "connect_address": f"127.0.0.1:{self.port}",
                "data_dir": str(self.directory / "data"),
                "bin_dir": str(POSTGRES),
                "pgpass": str(self.directory / "pgpass"),
                "authentication": {
                    "superuser": {"username": "postgres", **login},
                    "replication": {"username": "replicator", **login},
                    "rewind": {"username": "rewinder", **login},
                },
                "parameters": {"unix_socket_directories": str(self.directory), "shared_buffers": "64MB"},
                "pg_hba": [
                    "local all all scram-sha-256",
                    "host all all 127.0.0.1/32 scram-sha-256",
                    "host replication all 127.0.0.1/32 scram-sha-256",
                ],
            },
        }


class Cluster:
    """etcd, the nodes, and Yipan's database in it."""

    def __init__(self, directory: Path) -> None:
        make(directory)
        ports = free_ports(4 * NODES)
        self._etcd = [self._member(n, ports[: 2 * NODES], directory) for n in range(NODES)]
        clients = [f"127.0.0.1:{port}" for port in ports[:NODES]]
        rest = ports[2 * NODES :]
        self.nodes = [Node(n + 1, (rest[n], rest[NODES + n]), clients, directory) for n in range(NODES)]

    @staticmethod
    def _member(number: int, ports: list[int], directory: Path) -> Process:
        client, peer = (f"http://127.0.0.1:{ports[number + shift]}" for shift in (0, NODES))
        all_peers = ",".join(f"etcd{n}=http://127.0.0.1:{ports[NODES + n]}" for n in range(NODES))
        home = directory / f"etcd{number}"
        make(home)
        command = ["/usr/bin/etcd", "--name", f"etcd{number}", "--data-dir", str(home / "data")]
        command += ["--listen-client-urls", client, "--advertise-client-urls", client]
        command += ["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer]
        command += ["--initial-cluster", all_peers, "--initial-cluster-state", "new"]
        return Process(command, home, "etcd")

    def __enter__(self) -> Cluster:
        for process in (*self._etcd, *self.nodes):
            process.start()
        return self

    def __exit__(self, *_: object) -> None:
        for node in self.nodes:
            node.kill()
        for member in self._etcd:
            member.end(signal.SIGKILL)

    @property
    def url(self) -> str:
        """Every node in one address; libpq takes the one that accepts writes."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"postgresql://yipan:{PASSWORD}@{hosts}/yipan?target_session_attrs=read-write&connect_timeout=3"

    def leader(self) -> Node | None:
        """The node that accepts writes now."""
        return next((n for n in self.nodes if n.state().get("role") in ("master", "primary")), None)

    def synchronous(self) -> list[Node]:
        """The nodes that have everything that was acknowledged."""
        return [node for node in self.nodes if node.state().get("sync_standby")]

    def is_whole(self) -> bool:
        """One leader, all others streaming, at least one of them synchronous."""
        states = [node.state() for node in self.nodes]
        running = [s for s in states if s.get("state") in ("running", "streaming")]
        same = len({s.get("timeline") for s in states}) == 1
        return len(running) == NODES and same and self.leader() is not None and bool(self.synchronous())

    def make_database(self) -> None:
        """The role and the database that Yipan uses."""
        leader = self.leader()
        assert leader is not None
        where = f"host=127.0.0.1 port={leader.port} user=postgres password={PASSWORD} dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE yipan LOGIN CREATEROLE PASSWORD '{PASSWORD}'")
            connection.execute("CREATE DATABASE yipan OWNER yipan")

    def read(self, node: Node, query: str) -> Iterator[tuple[Any, ...]]:
        """Rows of a query on one node, leader or not."""
        where = f"host=127.0.0.1 port={node.port} user=yipan password={PASSWORD} dbname=yipan"
        with psycopg.connect(where) as connection:
            yield from connection.execute(query)


def make(directory: Path) -> None:
    """A directory that belongs to the user who runs the servers."""
    directory.mkdir(mode=0o700, parents=True)
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(directory, user.pw_uid, user.pw_gid)


def until(condition: Any, what: str, seconds: float = 90.0) -> float:
    """Wait for a condition and return how many seconds that took. Raises TimeoutError."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise TimeoutError(what)
        time.sleep(0.25)
    return time.monotonic() - began
