"""What a process brings into memory before it has anything to do."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("numba", "scipy", "pandas", "lightgbm", "statsforecast", "highspy", "bokeh.plotting", "pydicom", "pynetdicom")
START = f"""
import os, sys
import django
django.setup()
import yipan.server.urls
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_no_process_starts_with_what_only_jobs_need() -> None:
    """Compilers, solvers and models are imported by whoever computes: each process without them is 60 MB smaller."""
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
