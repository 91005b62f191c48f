"""A real archive for tests: Orthanc with DICOMweb, in a network of its own, reached through loopback only.

Orthanc 1.10 listens on every address whatever its settings say; behind `fenced.py` that reaches nobody.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.imaging.fenced import lead

PROGRAM = shutil.which("Orthanc") or "/usr/sbin/Orthanc"
PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
PACKAGES = "orthanc orthanc-dicomweb dcmtk"
USER, PASSWORD, TITLE = "yipan", "only-in-tests", "ARCHIVE"
HTTP, DICOM = 8042, 4242
READY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Archive:
    """A running Orthanc: its DICOMweb address, and host and port for C-STORE."""

    url: str
    host: str
    port: int
    web_port: int

    def ask(self, path: str, method: str = "GET", data: bytes | None = None) -> object:
        """One request to Orthanc's own interface, its JSON answer read."""
        request = urllib.request.Request(f"http://{self.host}:{self.web_port}{path}", data, method=method)
        request.add_header("Authorization", _basic())
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def upload(self, raw: bytes) -> None:
        """Put a file in as it is, in whatever transfer syntax."""
        self.ask("/instances", "POST", raw)

    def empty(self) -> None:
        """Remove every study."""
        for study in self.ask("/studies"):  # type: ignore[attr-defined]
            self.ask(f"/studies/{study}", "DELETE")

    def store(self, *files: Path, propose: str = "little") -> None:
        """Send files as a modality does, by dcmtk's storescu; `propose` is the transfer syntax that it offers ("rle").

        Raises AssertionError with what it said.
        """
        command = ["storescu", "-aec", TITLE, f"--propose-{propose}", self.host, str(self.port), *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


def why_not() -> str:
    """Why it cannot run here, or ""."""
    if not Path(PROGRAM).exists() or not PLUGIN.exists() or not shutil.which("storescu"):
        return f"needs the Debian packages {PACKAGES}"
    if subprocess.run([*_fence(), "true"], capture_output=True).returncode:
        return "needs a network namespace: run as root, or allow user namespaces"
    return ""


@contextlib.contextmanager
def running(directory: Path) -> Iterator[Archive]:
    """Orthanc with its data in `directory`, for as long as the block lasts."""
    settings = directory / "orthanc.json"
    settings.write_text(json.dumps(_settings(directory)))
    sockets = {HTTP: directory / "http", DICOM: directory / "dicom"}
    inside = [sys.executable, str(Path(__file__).with_name("fenced.py"))]
    inside += [part for port, path in sockets.items() for part in (str(path), str(port))]
    with (
        (directory / "log").open("wb") as log,
        subprocess.Popen(
            [*_fence(), *inside, "--", PROGRAM, str(settings)], stdin=subprocess.PIPE, stdout=log, stderr=log
        ) as process,
        contextlib.ExitStack() as stack,
    ):
        ports = {port: stack.enter_context(_forwarded(path)) for port, path in sockets.items()}
        archive = Archive(f"http://127.0.0.1:{ports[HTTP]}/dicom-web", "127.0.0.1", ports[DICOM], ports[HTTP])
        try:
            _wait(archive, process, directory / "log")
            yield archive
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(20)


def _fence() -> list[str]:
    return ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--map-root-user"]


def _settings(directory: Path) -> dict[str, object]:
    return {
        "Name": "tests",
        "StorageDirectory": str(directory / "db"),
        "IndexDirectory": str(directory / "db"),
        "HttpPort": HTTP,
        "DicomPort": DICOM,
        "DicomAet": TITLE,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": True,
        "RegisteredUsers": {USER: PASSWORD},
        "DicomAlwaysAllowStore": True,
        "DefaultEncoding": "Utf8",  # else QIDO-RS drops every Chinese character
        "HttpThreadsCount": 4,
        "Plugins": [str(PLUGIN)],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }


@contextlib.contextmanager
def _forwarded(path: Path) -> Iterator[int]:
    """A loopback port that leads to a unix socket."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        threading.Thread(target=lead, args=(listener, str(path)), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def _wait(archive: Archive, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            archive.ask("/system")
            return
        except (OSError, urllib.error.URLError):
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("Orthanc did not start:\n" + log.read_text(errors="replace")[-3000:]) from None
            time.sleep(0.05)


def _basic() -> str:
    import base64

    return "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
