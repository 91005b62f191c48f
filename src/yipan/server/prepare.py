"""Make `.venv` for `make run` and `make test`: the standard library only, because nothing is installed yet.

    python3 -I src/yipan/server/prepare.py run|test [DIRECTORY OF THE ENVIRONMENT]

Packages come from `requirements/run.txt` or `dev.txt` with their hashes. A stamp in the environment says what it was
made from, so that the next start takes no time. One sentence and exit code 2 when something is missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LOCKS = {"run": ("run.txt", "dev.txt"), "test": ("dev.txt",)}
CHINESE = next((os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), "").startswith("zh")
OLDEST = (3, 11)

TEXTS = {
    "make": (
        "Preparing the Python environment in {path} (only the first time)",
        "正在准备 Python 环境 {path}(仅首次需要)",
    ),
    "unpack": ("Installing {count} packages", "正在安装 {count} 个软件包"),
    "ready": ("The Python environment is ready", "Python 环境已就绪"),
    "old": (
        "Yipan needs Python 3.11 or newer; this is {version}. Say which one to use: make run PYTHON=python3.12",
        "Yipan 需要 Python 3.11 或更高版本，当前为 {version}。可指定解释器：make run PYTHON=python3.12",
    ),
    "no_venv": (
        "This Python cannot make environments. On Debian or Ubuntu: apt install python3-venv",
        "当前 Python 缺少 venv 模块。Debian 或 Ubuntu 上请执行：apt install python3-venv",
    ),
    "unwritable": ("Cannot write in {path}. Use a directory of your own.", "无法写入 {path}，请换用您有写权限的目录。"),
    "failed": (
        "The packages could not be installed: {reason} Is this machine online, or is PIP_INDEX_URL set to your mirror?",
        "软件包安装失败：{reason} 请检查网络，或将 PIP_INDEX_URL 设为您的镜像源。",
    ),
}


class Stop(Exception):
    """Ends the preparation with one sentence."""


def text(name: str, **params: object) -> str:
    """A text in the language of the terminal."""
    return TEXTS[name][CHINESE].format(**params)


def say(line: str, *, passing: bool = False) -> None:
    """Print a line; a passing one is overwritten by the next on a terminal."""
    if sys.stdout.isatty():
        sys.stdout.write("\r\033[K" + line + ("" if passing else "\n"))
    else:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


def stamp_of(lock: str, environment: Path) -> str:
    """What an environment made from `lock` here and now would be stamped with."""
    digest = hashlib.sha256()
    for path in (ROOT / "requirements" / lock, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    digest.update(f"{sys.version_info[:2]} {environment} {ROOT}".encode())
    return digest.hexdigest()


def is_ready(goal: str, environment: Path) -> bool:
    """True when the environment was made from this lock, or from the larger one that includes it."""
    for lock in LOCKS[goal]:
        stamp = environment / f"yipan-{lock}.stamp"
        if stamp.exists() and stamp.read_text() == stamp_of(lock, environment):
            return (environment / "bin" / "python").exists()
    return False


def prepare(goal: str, environment: Path) -> None:
    """Make the environment for `goal` if it is not ready. Raises Stop with a sentence."""
    if sys.version_info[:2] < OLDEST:
        raise Stop(text("old", version=".".join(map(str, sys.version_info[:3]))))
    if is_ready(goal, environment):
        return
    lock = LOCKS[goal][0]
    say(text("make", path=environment))
    python = make_environment(environment)
    requirements = ROOT / "requirements" / lock
    names = re.findall(r"^([A-Za-z0-9_.-]+)==", requirements.read_text(), re.MULTILINE)
    install([python, "--no-compile", "--require-hashes", "-r", str(requirements)], expected=len(set(names)))
    install([python, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], expected=0)
    compile_all(python, Path(sysconfig.get_path("purelib", "venv", {"base": str(environment)})))
    (environment / f"yipan-{lock}.stamp").write_text(stamp_of(lock, environment))
    say(text("ready"))


def make_environment(environment: Path) -> str:
    """An environment with pip. One that was moved here from elsewhere, or whose Python is gone, is made anew."""
    python = environment / "bin" / "python"
    try:
        if not works(python, environment):
            venv.create(environment, clear=True, with_pip=True, symlinks=True)
    except subprocess.CalledProcessError:
        raise Stop(text("no_venv")) from None
    except OSError:
        raise Stop(text("unwritable", path=environment.parent)) from None
    if not os.access(environment, os.W_OK):
        raise Stop(text("unwritable", path=environment))
    return str(python)


def works(python: Path, environment: Path) -> bool:
    """True when the environment's Python runs, is this version, and its programs were made for this place."""
    question = "import sys; print(sys.version_info[:2], sys.prefix)"
    try:
        child = subprocess.run([str(python), "-I", "-c", question], capture_output=True, text=True, check=False)
        first_line = (environment / "bin" / "pip").read_text(errors="replace").splitlines()[0]
    except (OSError, IndexError):
        return False
    return child.stdout.strip() == f"{sys.version_info[:2]} {environment}" and str(environment) in first_line


def install(arguments: list[str], expected: int) -> None:
    """Run pip and show how far it is. Raises Stop with its last complaint."""
    python, *rest = arguments
    command = [python, "-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar=off"]
    step = 1 if sys.stdout.isatty() else 10
    complaint, seen = "", 0
    with subprocess.Popen([*command, *rest], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith(("Collecting ", "Requirement already satisfied: ")):
                seen += 1
                name = line.split()[1 if line.startswith("Collecting") else 3].split("==")[0]
                if expected and seen % step == 0:
                    say(f"  {seen}/{expected} {name}", passing=True)
            elif line.startswith("Installing collected packages") and expected:
                say("  " + text("unpack", count=line.count(",") + 1), passing=True)
            elif line.startswith("ERROR"):
                complaint = complaint or line.removeprefix("ERROR:").strip()
    if child.returncode != 0:
        raise Stop(text("failed", reason=complaint or f"pip: {child.returncode}."))


def compile_all(python: str, packages: Path) -> None:
    """Compile the packages on all cores, which pip does on one; their tests are left out, nobody imports them."""
    command = [python, "-I", "-m", "compileall", "-q", "-j", "0", "-x", r"[/\\]tests?[/\\]", str(packages)]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def main() -> int:
    """Prepare what the command line asks for; the exit code of the process."""
    goal = sys.argv[1] if len(sys.argv) > 1 else "run"
    environment = Path(sys.argv[2] if len(sys.argv) > 2 else ROOT / ".venv").absolute()
    try:
        prepare(goal, environment)
    except Stop as stop:
        sys.stderr.write(f"{stop}\n")
        return 2
    except KeyboardInterrupt:
        with contextlib.suppress(OSError):
            sys.stdout.write("\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
