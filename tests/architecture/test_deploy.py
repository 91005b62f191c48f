"""What a hospital copies onto its servers: confined, complete, and naming only settings that exist."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from tests.architecture.test_structure import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SETTINGS = (ROOT / "docs" / "reference" / "settings.md").read_text()
CONFINED = {
    "User": "yipan",
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
    "Restart": "always",
    "UMask": "0077",
}


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_is_confined_and_comes_back(unit):
    """It runs as nobody special, writes in its own directory only, and is started again; each part has a unit."""
    told = dict(re.findall(r"^(\w+)=(.*)$", unit.read_text(), re.MULTILINE))
    assert {name: told.get(name) for name in CONFINED} == CONFINED
    assert [u.stem for u in UNITS] == ["yipan-dicom", "yipan-hl7", "yipan-web", "yipan-worker"]
    assert unit.name in (DEPLOY / "systemd" / "yipan.target").read_text()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze (Debian package systemd)")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_understands_a_unit(unit):
    """No key is unknown or misplaced; that the program is not installed here is no fault of the unit."""
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "yipan-" in line and "is not executable" not in line] == []


def test_settings_exist():
    """Every variable that a file here sets stands in the reference of settings."""
    named = {v for f in DEPLOY.rglob("*") if f.is_file() for v in re.findall(r"\bYIPAN_[A-Z_0-9]+", f.read_text())}
    assert [variable for variable in sorted(named) if f"`{variable}`" not in SETTINGS] == []
