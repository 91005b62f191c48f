"""What is kept for the day on which something is lost: how old the last backup and the last signed checkpoint are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from yipan.base.audit import checkpoints, journals, verifying
from yipan.kernel import clock
from yipan.server import environment
from yipan.server.backup import folder


def read() -> Iterator[Metric]:
    """Ages in seconds, absent where there is no backup or checkpoint on this machine. Raises DatabaseError."""
    unsealed = sum(verifying.unsealed(journal) for journal in journals.every())
    yield GaugeMetricFamily("yipan_audit_unsealed", "Entries of the journals that are not sealed yet.", value=unsealed)
    if (kept := checkpoints.newest()) is not None:
        yield _age("yipan_audit_checkpoint_seconds", "Age of the newest signed checkpoint.", kept["at"])
    if (path := folder.newest(folder.directory(environment.state_directory()))) is not None:
        yield _age("yipan_backup_seconds", "Age of the newest backup in YIPAN_BACKUPS.", folder.moment(path))


def _age(name: str, words: str, at: str | datetime) -> Metric:
    then = datetime.fromisoformat(at) if isinstance(at, str) else at
    return GaugeMetricFamily(name, words, value=(clock.now() - then.astimezone(UTC)).total_seconds())
