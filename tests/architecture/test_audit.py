"""What the audit of dependencies makes of a report."""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

CI = Path(__file__).parents[2] / ".ci"


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    loader = SourceFileLoader("ci_audit", str(CI / "audit"))
    spec = spec_from_loader("ci_audit", loader)
    assert spec is not None
    made = module_from_spec(spec)
    loader.exec_module(made)
    return made


GOOD = {"name": "django", "version": "5.2", "vulns": []}
UNKNOWN = {"name": "django", "skip_reason": "not found"}
WEAK = {"name": "django", "version": "5.2", "vulns": [{"id": "PYSEC-1"}]}


@pytest.mark.parametrize(
    ("packages", "words", "failed"),
    [
        ([GOOD], "no known weakness in 1 packages", False),
        ([GOOD, UNKNOWN], "1 unknown to the service", False),
        ([UNKNOWN], "not audited", False),
        ([GOOD, WEAK, UNKNOWN], "django 5.2: PYSEC-1", True),
    ],
)
def test_verdict(audit: ModuleType, packages: list[dict], words: str, failed: bool) -> None:
    """A weakness fails and is named; packages that nobody could look up are told and do not fail."""
    text, bad = audit.verdict({"dependencies": packages})
    assert words in text
    assert bad is failed


def test_ci_audits() -> None:
    """The audit is part of what must hold before a change lands."""
    assert ".ci/audit" in (CI / "run").read_text()
