"""The processes of the whole installation, on whatever machine: at work, of one version, with right clocks."""

from __future__ import annotations

from collections.abc import Iterator

from yipan.server import environment, presence
from yipan.server.doctor.finding import Finding, fault, warning

PARTS = ("web", "worker", "hl7", "apply")
CLOCK_SECONDS = 2.0


def at_work() -> Iterator[Finding]:
    """Each part runs somewhere."""
    alive = {process.part for process in presence.seen() if process.is_alive}
    for part in (*PARTS, *(("dicom",) if environment.dicom_address() else ())):
        if part not in alive:
            yield fault(f"doctor_silent_{part}")


def fell_silent() -> Iterator[Finding]:
    """A process that was killed, or whose machine is lost, although others of its part go on."""
    seen = presence.seen()
    alive = {(process.part, process.host) for process in seen if process.is_alive}
    lost = {(process.part, process.host) for process in seen if not process.is_alive}
    for part, host in sorted(lost - alive):
        yield warning("doctor_lost", part=part, host=host)


def one_version() -> Iterator[Finding]:
    """Every process runs the same version, or an upgrade is under way."""
    versions = {process.version for process in presence.seen() if process.is_alive}
    if len(versions) > 1:
        yield warning("doctor_versions", versions=", ".join(sorted(versions)))


def clocks() -> Iterator[Finding]:
    """No machine's clock differs from the database's."""
    for process in presence.seen():
        if process.is_alive and abs(process.clock_ahead) > CLOCK_SECONDS:
            yield fault("doctor_clock", host=process.host, seconds=f"{process.clock_ahead:+.1f}")


CHECKS = (at_work, fell_silent, one_version, clocks)
