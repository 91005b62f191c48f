"""The whole stack on one machine: from nothing to ready, from yesterday's state to ready, and its memory at rest."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.trust.processes import free_port
from benchmarks.trust.report import Report

ROOT = Path(__file__).resolve().parents[2]
REST_SECONDS = 20


def measure(report: Report, directory: Path) -> None:
    """`make run` in an environment and a state of its own: twice with the demo day, then at rest without it."""
    variables = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("YIPAN_", "DJANGO_"))},
        "YIPAN_STATE": str(directory / "var"),
        "YIPAN_PORT": str(free_port()),
        "YIPAN_HL7_PORT": str(free_port()),
    }
    cold, _ = _run(directory, variables)
    report.at_most("make run, cold, to ready", cold, "s", 120)
    warm, busy = _run(directory, variables)
    report.at_most("make run, warm, to ready", warm, "s", 10)
    _, memory = _run(directory, variables | {"YIPAN_DEMO": "0"})
    report.at_most("memory of the idle stack", memory, "MB", 700, f"with the demo day {busy:,.0f} MB")


def _run(directory: Path, variables: dict[str, str]) -> tuple[float, float]:
    """Seconds until everything is ready, and megabytes a while later."""
    begin = time.monotonic()
    with (directory / "log").open("ab") as log:
        process = subprocess.Popen(
            ["make", "run", f"VENV={directory / 'venv'}"],
            cwd=ROOT,
            env=variables,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        while _health(variables["YIPAN_PORT"]) != "ok":
            assert process.poll() is None, (directory / "log").read_text()[-2000:]
            assert time.monotonic() - begin < 900, "not ready in a quarter of an hour"
            time.sleep(0.2)
        took = time.monotonic() - begin
        time.sleep(REST_SECONDS)  # what the start needed is given back by then
        return took, _memory(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        for pid in _tree(process.pid)[1:2]:
            os.kill(pid, signal.SIGTERM)
        process.wait(60)


def _health(port: str) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return str(json.load(answer)["status"])
    except (OSError, ValueError, urllib.error.URLError):
        return ""


def _memory(pid: int) -> float:
    """Proportional set size of the process and everything below it, in megabytes: shared pages count once."""
    total = 0
    for one in _tree(pid):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def _tree(pid: int) -> list[int]:
    """The process and all that it started, parents first."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found
