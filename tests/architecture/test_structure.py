"""The shape of the house, checked on every run."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "yipan"
MODULES = sorted(p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts and "tests" not in p.parts)
TESTS = sorted([*SOURCE.rglob("tests/test_*.py"), *(ROOT / "tests").rglob("test_*.py")])


def test_import_contracts_hold():
    """Imports go down only, lines never import a sibling, kernel, codecs and engine know no Django."""
    done = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_clock_is_injected(path):
    """No module but kernel/clock reads the wall clock."""
    if path == SOURCE / "kernel" / "clock.py":
        return
    calls = re.findall(r"\b(?:datetime\.now|datetime\.utcnow|timezone\.now|date\.today)\(", path.read_text())
    assert calls == []


def test_bookings_have_one_writer():
    """Only spine/booking and the merge of two identities write bookings."""
    writes = re.compile(r"\bBooking\.objects\.(create|bulk_create|update|bulk_update)\b|\bBooking\([^)]*capacity")
    allowed = {SOURCE / "spine" / "identity.py"}
    writers = [
        str(p.relative_to(SOURCE))
        for p in MODULES
        if writes.search(p.read_text()) and (SOURCE / "spine" / "booking") not in p.parents and p not in allowed
    ]
    assert writers == []


@pytest.mark.parametrize("path", TESTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_tests_state_their_claim(path):
    """Every test function has a docstring that states its claim."""
    functions = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef)]
    silent = [f.name for f in functions if f.name.startswith("test_") and not ast.get_docstring(f)]
    assert silent == []


def test_no_third_party_code_is_committed():
    """No minified file, wheel or archive is part of the project."""
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    assert [f for f in files if f.endswith((".min.js", ".min.css", ".whl", ".tgz", ".zip", ".mo"))] == []


def test_locks_carry_hashes_and_no_addresses():
    """Every requirement is pinned with hashes, and no lock says where packages came from."""
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text()
        assert "://" not in text
        blocks = [b for b in re.split(r"\n(?=\S)", text) if b.strip() and not b.startswith("#")]
        assert blocks
        assert all("==" in b and "--hash=sha256:" in b for b in blocks), lock.name
