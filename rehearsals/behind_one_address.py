"""Several servers on one machine as they would stand on several: PgBouncer before PostgreSQL, HAProxy before the rest.

Three webs, two HL7 listeners and two workers; all on loopback, below one temporary directory.
"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from yipan.kernel.sealing import Algorithm, KeyRing
from yipan.server.embedded import Server

DRAIN_SECONDS = 3
PATIENCE = 240.0
PACKAGES = {"pgbouncer": "/usr/sbin/pgbouncer", "haproxy": "/usr/sbin/haproxy"}

POOLER = """
[databases]
yipan = host={socket} port=5432 dbname={name}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = 12
max_client_conn = 300
server_reset_query =
logfile = {log}
"""

PROXY = """
global
  maxconn 2000
defaults
  timeout connect 2s
  timeout check 5s
  timeout client 1h
  timeout server 1h
  option redispatch
  retries 2
frontend pages
  mode http
  bind 127.0.0.1:{port}
  default_backend webs
backend webs
  mode http
  balance leastconn
  option httpchk
  http-check send meth GET uri /readyz hdr Host localhost
  http-check expect status 200
  default-server inter 500ms fall 1 rise 1 on-marked-down shutdown-sessions
{webs}
listen hl7
  mode tcp
  bind 127.0.0.1:{hl7}
  balance leastconn
  default-server check inter 500ms fall 1 rise 1
{listeners}
"""


def missing() -> list[str]:
    """Debian packages that the rehearsal lacks."""
    return [name for name, path in PACKAGES.items() if not Path(path).exists()]


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for something that takes a moment; says what did not come."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"Gave up: {what}")
        time.sleep(0.1)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


class Part:
    """One process of Yipan, or of what stands around it, that can be killed and started again."""

    def __init__(self, name: str, command: list[str], variables: dict[str, str], log: Path, port: int = 0) -> None:
        self.name, self.port = name, port
        self._command, self._variables, self._log = command, variables, log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._variables, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """kill -9, with every process that it started."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> int:
        """SIGTERM, and wait; the exit code."""
        assert self._process is not None
        self._process.terminate()
        try:
            return self._process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            return -9

    def is_ready(self) -> bool:
        """A web says so itself; another part when its port is open."""
        if not self.name.startswith("web"):
            return not self.port or is_open(self.port)
        try:
            browser = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            browser.request("GET", "/readyz")
            return browser.getresponse().status == 200
        except OSError:
            return False

    def restart(self) -> int:
        """In good order; returns when it is ready again, with the exit code of the old process."""
        code = self.stop()
        self.start()
        until(self.is_ready, f"{self.name} is ready again")
        return code


class Stack:
    """All of it. `url` is the pooler's address, `direct` the server's own."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._keys = KeyRing.new(Algorithm.AES).written()
        self._database = Server(place / "state")
        self.direct = self.url = ""
        self.port, self.hl7_port, self._pooler_port = free_port(), free_port(), free_port()
        self.parts: dict[str, Part] = {}

    def __enter__(self) -> Stack:
        self.direct = self._database.start()
        parts = urlsplit(self.direct)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        self.url = f"postgresql://{user}:{parts.password}@127.0.0.1:{self._pooler_port}/yipan"
        self._start_pooler(parse_qs(parts.query)["host"][0], parts.path.lstrip("/"), user, password)
        return self

    def __exit__(self, *_: object) -> None:
        for part in reversed(self.parts.values()):
            part.stop()
        self._database.stop()

    def variables(self, **more: str) -> dict[str, str]:
        """The environment of a process on one of the machines: it knows the two addresses and the common key."""
        return {
            **os.environ,
            "YIPAN_DATABASE_URL": self.url,
            "YIPAN_DATABASE_DIRECT_URL": self.direct,
            "YIPAN_SECRET_KEY": "the same key on every machine of the rehearsal, long enough",
            "YIPAN_KEYS": self._keys,
            "YIPAN_DEMO": "0",
            "YIPAN_DRAIN_SECONDS": str(DRAIN_SECONDS),
            **more,
        }

    def run(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "yipan.server.cli", *arguments],
            env=self.variables(), check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def start(self) -> None:
        """Three webs, two listeners, two workers, and the one address before them."""
        for n in (1, 2, 3):
            port = str(free_port())
            self._add(f"web{n}", ["web"], int(port), YIPAN_PORT=port)
        for n in (1, 2):
            port = str(free_port())
            self._add(f"hl7-{n}", ["hl7", "listen"], int(port), YIPAN_HL7_PORT=port)
            self._add(f"worker{n}", ["worker"], 0)
        for name, part in self.parts.items():
            until(part.is_ready, f"{name} is ready")
        self._start_proxy()

    def _add(self, name: str, arguments: list[str], port: int, **more: str) -> None:
        variables = self.variables(YIPAN_STATE=str(self._place / f"state-{name}"), **more)
        command = [sys.executable, "-m", "yipan.server.cli", *arguments]
        self.parts[name] = Part(name, command, variables, self._place / f"{name}.log", port)
        self.parts[name].start()

    def _start_pooler(self, sockets: str, name: str, user: str, password: str) -> None:
        users = self._place / "users"
        users.write_text(f'"{user}" "{password}"\n')
        settings = self._place / "pgbouncer.ini"
        told = {"socket": sockets, "name": name, "port": self._pooler_port, "users": users}
        settings.write_text(POOLER.format(log=self._place / "pgbouncer-own.log", **told))
        command = [PACKAGES["pgbouncer"], str(settings)]
        if os.getuid() == 0:  # PgBouncer refuses to be root; the socket belongs to the database's user
            for path in (self._place, users, settings):
                shutil.chown(path, "postgres")
            command = ["runuser", "-u", "postgres", "--", *command]
        self.parts["pooler"] = Part("pooler", command, dict(os.environ), self._place / "pooler.log", self._pooler_port)
        self.parts["pooler"].start()
        until(self.parts["pooler"].is_ready, "PgBouncer is ready")

    def _start_proxy(self) -> None:
        def lines(prefix: str, check: str) -> str:
            chosen = [p for name, p in self.parts.items() if name.startswith(prefix)]
            return "\n".join(f"  server {p.name} 127.0.0.1:{p.port} {check}" for p in chosen)

        settings = self._place / "haproxy.cfg"
        told = {"port": self.port, "hl7": self.hl7_port, "webs": lines("web", "check"), "listeners": lines("hl7", "")}
        settings.write_text(PROXY.format(**told))
        command = [PACKAGES["haproxy"], "-db", "-f", str(settings)]
        self.parts["proxy"] = Part("proxy", command, dict(os.environ), self._place / "proxy.log", self.port)
        self.parts["proxy"].start()
        until(self.parts["proxy"].is_ready, "HAProxy is ready")
