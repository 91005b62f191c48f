"""Counters of the web's worker processes, kept in files that each of them can read (prometheus-client's own way)."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def shared(directory: Path) -> Iterator[None]:
    """Let all processes started in the block share their counters in `directory`, which is emptied before and after.

    To be entered before anything imports prometheus_client: it looks at the environment then.
    """
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    os.environ[VARIABLE] = str(directory)
    try:
        yield
    finally:
        del os.environ[VARIABLE]
        shutil.rmtree(directory, ignore_errors=True)


def forget_the_dead(directory: Path) -> None:
    """Remove what processes that are gone had open just now (live gauges); what they had counted stays."""
    for file in directory.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        if not Path(f"/proc/{pid}").exists():
            with contextlib.suppress(FileNotFoundError):
                file.unlink()
