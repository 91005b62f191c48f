"""The command `yipan`: help at once, errors as one sentence in the language of the terminal."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from yipan.server.cli import main


def yipan(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "yipan.server.cli", *arguments]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **variables}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_help_loads_nothing_heavy() -> None:
    """`yipan --help` names every command without loading Django, NumPy or a database driver."""
    code = (
        "import sys; from yipan.server.cli import main; main(['--help'], standalone_mode=False);"
        "print([m for m in ('django', 'numpy', 'psycopg', 'rich') if m in sys.modules])"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert child.stdout.splitlines()[-1] == "[]"
    for name in ("run", "migrate", "web", "worker", "hl7", "network", "user", "demo", "manage", "backup", "restore"):
        assert f"  {name} " in child.stdout


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en_GB.UTF-8", "YIPAN_PORT is none, which is not a port. Give a number from 1 to 65535.\n"),
        ("zh_CN.UTF-8", "YIPAN_PORT 的值 none 不是有效端口，请填写 1 至 65535 之间的数字。\n"),
    ],
)
def test_an_error_is_one_sentence_and_code_2(tmp_path: object, language: str, sentence: str) -> None:
    """No traceback, the person's language after LANG, exit code 2."""
    child = yipan("run", LC_ALL=language, YIPAN_PORT="none", YIPAN_STATE=str(tmp_path))
    assert (child.returncode, child.stdout, child.stderr) == (2, "", sentence)


def test_an_unreachable_database_is_said_before_anything_starts(tmp_path: object) -> None:
    """`yipan run` with a database that does not answer ends with its address and without a traceback."""
    url = "postgresql://somebody:secret@127.0.0.1:1/hospital"
    child = yipan("run", YIPAN_DATABASE_URL=url, YIPAN_STATE=str(tmp_path), YIPAN_PORT="18999", YIPAN_HL7_PORT="18998")
    assert child.returncode == 2
    assert "127.0.0.1:1/hospital" in child.stderr
    assert "secret" not in child.stderr + child.stdout
    assert "Traceback" not in child.stderr


def test_an_unknown_command_is_refused() -> None:
    """Click's own answer and exit code for a command that does not exist."""
    result = CliRunner().invoke(main, ["nonsense"])
    assert result.exit_code == 2
    assert "No such command" in result.output
