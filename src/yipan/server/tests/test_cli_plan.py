"""`yipan plan`: what is said before a search, during it and after it, with a pretended problem."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from yipan.engine.optimise import Point, Result, Stop
from yipan.engine.optimise.pas import plans, read
from yipan.engine.optimise.pas.evaluating import evaluate
from yipan.engine.optimise.pas.tests.instances import TEXT
from yipan.kernel.errors import InvalidInput
from yipan.server.cli_plan import run

BEST = "the best found\n"


@pytest.fixture(autouse=True)
def _keep_the_language() -> Iterator[None]:
    with translation.override(translation.get_language()):
        yield


class Pretended:
    """Costs 12.5 at once; with `waits` it looks on until it is told to stop."""

    def __init__(self, *, waits: bool = False, violations: int = 0) -> None:
        self.waits, self.violations = waits, violations

    def search(self, stop: Stop, *, seed: int, threads: int, progress: Callable[[Point], None]) -> Result[str]:
        progress(Point(seconds=0.1, iterations=1, cost=12.5, feasible=not self.violations))
        if self.waits:
            threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
            assert stop.cancelled.wait(60)
        return Result(
            solution=BEST,
            cost=12.5,
            components={"transfer": 11.0, "preference": 1.5},
            violations={"capacity": self.violations},
            bound=12.0,
            trace=(),
            reason="cancelled" if self.waits else "time",
            iterations=1,
            seconds=0.1,
        )


def plan(file: Path, output: Path, problem: Any) -> None:
    run(
        lambda content: problem,
        lambda problem, result: str(result.solution),
        file=file,
        output=output,
        seconds=1.0,
        iterations=None,
        threads=2,
        seed=1,
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "instance.txt"
    file.write_text("an instance", encoding="utf-8")
    return file


def test_the_last_line_is_the_cost_by_component(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The plan is in its file; the last line on standard output is one JSON object, progress is on the other."""
    output = file.with_name("plan.txt")
    plan(file, output, Pretended())
    said = capsys.readouterr()
    outcome = json.loads(said.out.splitlines()[-1])
    assert outcome["cost"] == 12.5
    assert outcome["components"] == {"transfer": 11, "preference": 1.5}
    assert (outcome["bound"], outcome["gap"], outcome["reason"]) == (12, 0.04, "time")
    assert output.read_text(encoding="utf-8") == BEST
    assert len(said.out.splitlines()) == 1
    assert said.err


def test_ctrl_c_writes_the_best_found(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """SIGINT ends the search, not the process, and what was found is written."""
    before = signal.getsignal(signal.SIGINT)
    output = file.with_name("plan.txt")
    plan(file, output, Pretended(waits=True))
    assert json.loads(capsys.readouterr().out)["reason"] == "cancelled"
    assert output.read_text(encoding="utf-8") == BEST
    assert signal.getsignal(signal.SIGINT) is before


def test_a_plan_that_breaks_rules_is_not_written(file: Path) -> None:
    """Without a plan that keeps the rules there is a sentence with the rules broken, and no file."""
    output = file.with_name("plan.txt")
    with pytest.raises(InvalidInput) as refused:
        plan(file, output, Pretended(violations=3))
    assert refused.value.params == {"rules": "capacity 3"}
    assert sorted(path.name for path in file.parent.iterdir()) == ["instance.txt"]


@pytest.mark.parametrize("name", ["none/plan.txt", ".", "/dev/null"])
def test_a_place_that_takes_no_plan_is_found_before_the_search(file: Path, name: str) -> None:
    """A missing directory, a directory and a device are refused before anything is read or searched."""
    with pytest.raises(InvalidInput, match="plan_unwritable"):
        plan(file.with_name("not there either"), file.parent / name, None)


def test_a_plan_never_replaces_its_source(file: Path) -> None:
    """The same file twice, by whatever name, is refused and stays as it is."""
    with pytest.raises(InvalidInput, match="plan_over_source"):
        plan(file, file.parent / "." / "instance.txt", Pretended())
    assert file.read_text(encoding="utf-8") == "an instance"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The sentence names the file and what the system says; nothing is written."""
    with pytest.raises(InvalidInput, match="plan_unreadable"):
        plan(tmp_path / "none.txt", tmp_path / "plan.txt", Pretended())
    assert list(tmp_path.iterdir()) == []


def yipan(*arguments: str, language: str = "en_GB.UTF-8") -> subprocess.CompletedProcess[str]:
    """The command as a person types it, without a database or settings."""
    command = [sys.executable, "-m", "yipan.server.cli", "plan", "pas", *arguments]
    environment = {"PATH": os.environ["PATH"], "LC_ALL": language}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_a_plan_for_a_small_house(file: Path) -> None:
    """`yipan plan pas` without anything else: the beds in the file, the cost and a bound that proves it as JSON."""
    file.write_text(TEXT, encoding="utf-8")
    output = file.with_name("plan.txt")
    child = yipan(str(file), "-o", str(output), "--iterations", "20000")
    assert (child.returncode, len(child.stdout.splitlines())) == (0, 1), child.stderr
    outcome = json.loads(child.stdout)
    instance = read(TEXT.encode())
    components = evaluate(instance, plans.read(instance, output.read_bytes()))
    assert sum(components.values()) == round(10 * outcome["cost"])
    assert {name: round(10 * cost) for name, cost in outcome["components"].items()} == components
    assert outcome["bound"] <= outcome["cost"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en_GB.UTF-8", "Line 2: “three” is not a whole number from 1 to 1000000.\n"),
        ("zh_CN.UTF-8", "第 2 行：“three”不是 1 至 1000000 之间的整数。\n"),
    ],
)
def test_a_malformed_file_is_one_sentence(file: Path, language: str, sentence: str) -> None:
    """The line and the value in the person's language, exit code 2, nothing on standard output, no file."""
    file.write_text(TEXT.replace("Rooms: 3", "Rooms: three"), encoding="utf-8")
    child = yipan(str(file), "-o", str(file.with_name("plan.txt")), language=language)
    assert (child.returncode, child.stdout, child.stderr) == (2, "", sentence)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
