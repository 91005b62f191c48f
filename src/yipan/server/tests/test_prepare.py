"""The environment's stamp: a second start is quick, a change of the lock or of the place is noticed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from yipan.server import prepare

SCRIPT = Path(prepare.__file__)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two locks and an environment that looks made."""
    (tmp_path / "requirements").mkdir()
    for name in ("run.txt", "dev.txt"):
        (tmp_path / "requirements" / name).write_text("a==1 \\\n    --hash=sha256:0\nb-c==2 ; x\n")
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    return tmp_path


def stamp(root: Path, lock: str) -> None:
    environment = root / ".venv"
    (environment / f"yipan-{lock}.stamp").write_text(prepare.stamp_of(lock, environment))


def test_the_larger_environment_serves_both_goals(root: Path) -> None:
    """What was made for the tests also runs Yipan; not the other way round."""
    stamp(root, "run.txt")
    assert (prepare.is_ready("run", root / ".venv"), prepare.is_ready("test", root / ".venv")) == (True, False)
    stamp(root, "dev.txt")
    assert prepare.is_ready("test", root / ".venv")


@pytest.mark.parametrize("change", ["lock", "project", "place", "python"])
def test_a_change_is_noticed(root: Path, change: str) -> None:
    """Another lock, another pyproject.toml, a moved environment, a vanished Python: it is made again."""
    stamp(root, "run.txt")
    environment = root / ".venv"
    if change == "lock":
        (root / "requirements" / "run.txt").write_text("a==2\n")
    elif change == "project":
        (root / "pyproject.toml").write_text("[project]\n")
    elif change == "place":
        environment = environment.rename(root / "elsewhere")
    else:
        (environment / "bin" / "python").unlink()
    assert not prepare.is_ready("run", environment)


def test_pip_is_told_to_check_hashes_and_its_complaint_is_passed_on(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Packages are installed by hash only; when pip fails its reason stands in the sentence, and no stamp is left."""
    calls: list[list[str]] = []

    class Pip:
        returncode = 1
        stdout = ["Collecting a==1\n", "ERROR: No matching distribution found for a==1\n"]

        def __init__(self, command: list[str], **_: object) -> None:
            calls.append(command)

        def __enter__(self) -> Pip:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(prepare, "make_environment", lambda environment: "python")
    monkeypatch.setattr(subprocess, "Popen", Pip)
    with pytest.raises(prepare.Stop, match="No matching distribution found for a==1"):
        prepare.prepare("run", root / ".venv")
    assert "--require-hashes" in calls[0]
    assert not list((root / ".venv").glob("*.stamp"))


def test_packages_are_compiled_but_not_their_tests(tmp_path: Path) -> None:
    """What is imported at the first start is compiled by then; what cannot be compiled stops nothing."""
    for name, code in {"good": "A = 1", "bad": "print 1", "tests/test_good": "A = 1"}.items():
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(code)
    prepare.compile_all(sys.executable, tmp_path)
    assert [path.name.partition(".")[0] for path in tmp_path.rglob("*.pyc")] == ["good"]


def test_it_runs_before_anything_is_installed() -> None:
    """The script needs the standard library only, and says so in one sentence when Python is too old."""
    code = (
        "import runpy, sys; sys.argv = ['prepare.py', 'run', '/nonexistent/venv'];"
        "sys.version_info = (3, 10, 1);"
        f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    )
    child = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert child.returncode == 2
    assert "3.10.1" in child.stderr
    assert child.stderr.count("\n") == 1
