"""The machine and its directories."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from yipan.server import environment
from yipan.server.doctor.finding import Finding, fault, warning

LITTLE_BYTES = 2 * 1024**3
LITTLE_SHARE = 0.1
SECRETS = ("*.key", "keys.json", "database/*.password", "audit/*.pem", "audit/*.key")


def room_on_disk() -> Iterator[Finding]:
    """Too little room where the state is kept; the embedded database stops when there is none."""
    place = environment.state_directory()
    if not place.is_dir():
        return
    usage = shutil.disk_usage(place)
    told = {"path": str(place), "free": f"{usage.free / 1024**3:.1f}"}
    if usage.free < LITTLE_BYTES:
        yield fault("doctor_disk_full", **told)
    elif usage.free < usage.total * LITTLE_SHARE:
        yield warning("doctor_disk_little", **told)


def secrets_are_closed() -> Iterator[Finding]:
    """Files with keys and passwords that others on the machine may read."""
    place = environment.state_directory()
    files = [file for pattern in SECRETS for file in place.glob(pattern)]
    files += [Path(told) for name in ("YIPAN_HL7_KEY", "YIPAN_DICOM_KEY") if (told := os.environ.get(name))]
    for file in files:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield fault("doctor_key_open", path=str(file))


CHECKS = (room_on_disk, secrets_are_closed)
