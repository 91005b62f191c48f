"""`yipan simulate`, from the documented scenario to the figures."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from django.utils import translation

from yipan.engine.simulate import Point, Stop
from yipan.engine.simulate.patients import draw
from yipan.engine.simulate.reading import read
from yipan.server import simulating
from yipan.server.cli import main

PAGE = Path(__file__).resolve().parents[4] / "docs" / "reference" / "simulate-command.md"


@pytest.fixture(autouse=True)
def _keep_the_language() -> Iterator[None]:
    with translation.override(translation.get_language()):
        yield


def example() -> str:
    """The file that the documentation shows."""
    return PAGE.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]


def ask(text: str, directory: Path, *wish: str) -> Result:
    (directory / "wards.toml").write_text(text, encoding="utf-8")
    files = [str(directory / "wards.toml"), "-o", str(directory / "figures.json")]
    return CliRunner(env={"LANG": "en"}).invoke(main, ["simulate", *files, *wish])


def test_the_documented_scenario_gives_its_figures(tmp_path: Path) -> None:
    """The example of the page runs as it stands, and pooling shortens waits in it."""
    asked = ask(example(), tmp_path, "--replications", "4")
    assert asked.exit_code == 0, asked.output
    told = json.loads(asked.stdout.splitlines()[-1])
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert (told["replications"], told["reason"], figures["penalty"]) == (4, "replications", 0.23)
    assert [one["policy"] for one in figures["policies"]] == ["silo", "pooled", "look-ahead"]
    assert figures["differences"][0]["measures"]["wait"]["mean"] < 0
    assert set(figures["policies"][0]["wards"]) == {"N1", "NS1", "C1"}


def test_several_processes_write_the_same_file(tmp_path: Path) -> None:
    """Where the replications are run changes nothing in the figures."""
    wish = ("--replications", "3", "--policies", "silo, pooled")
    assert ask(example(), tmp_path, *wish).exit_code == 0
    alone = (tmp_path / "figures.json").read_bytes()
    asked = ask(example(), tmp_path, *wish, "--processes", "2")
    assert asked.exit_code == 0, asked.output
    assert (tmp_path / "figures.json").read_bytes() == alone


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("penalty = 0.23", "penalty = -1", "penalty: “-1” is not possible here; it should be like 0–10"),
        ("penalty = 0.23", "", "penalty: “–” is not possible here"),
        ("days = 60", 'days = "60"', "days: “60” is not possible here"),
        ('"mser5"', '"mser6"', "warm_up: “mser6” is not possible here"),
        (
            'weekday = "Monday"',
            'weekday = "Moonday"',
            "weekday: “Moonday” is not possible here; it should be like Monday",
        ),
        ("beds = 20", "beds = 0", "wards[0].beds: “0” is not possible here"),
        ('rooms = "same"', 'rooms = "mixed"', "wards[0].rooms: “mixed” is not possible here"),
        ("cv = 1.1", "cv = 0", "patients[0].stay.cv: “0” is not possible here"),
        ("mean_days = 5 ", "mean_dys = 5 ", "patients[2].stay.mean_days: “–” is not possible here"),
        ("weekdays = [6,", "weekdays = [", "patients[0].weekdays"),
        ("days = [2, 3,", "days = [0, 3,", "patients[1].stay.days[0]: “0” is not possible here"),
        ('to = "Neurology"', 'to = "Urology"', "patients[1].move.to: “Urology” is not possible here"),
        ('ward = "NS1"', 'ward = "NS2"', "closures[0].ward: “NS2” is not possible here"),
        ("to_day = 40", "to_day = 20", "surges[0].to_day: “20” is not possible here; it should be like 30–"),
        ('strategy = "tiers"', 'strategy = "tears"', "policies[1].policy.strategy: “tears” is not possible here"),
        ("repatriate = true", "repatriated = true", "policies[2].repatriated: “True” is not possible here"),
        ('name = "pooled"', 'name = "silo"', "policies: “silo, silo, look-ahead” is not possible here"),
        ("value = 0.8", "value = 1.8", "similarities[0].value: “1.8” is not possible here"),
        ("days = 60", "days = [", "This is no TOML file"),
    ],
)
def test_what_is_wrong_is_told_with_path_and_value(tmp_path: Path, old: str, new: str, told: str) -> None:
    """A scenario that cannot be used ends with exit code 2 and the place of the fault; nothing is written."""
    assert old in example()
    asked = ask(example().replace(old, new, 1), tmp_path)
    assert asked.exit_code == 2, asked.output
    assert told in asked.stderr
    assert not (tmp_path / "figures.json").exists()


def test_a_policy_that_is_not_there_is_told_before_anything_runs(tmp_path: Path) -> None:
    """The sentence names the policies that there are; a scheduler that does not answer is told too."""
    asked = ask(example(), tmp_path, "--policies", "pool")
    assert (asked.exit_code, "silo, pooled, look-ahead" in asked.stderr) == (2, True)
    asked = ask(example(), tmp_path, "--cluster", "nowhere")
    assert (asked.exit_code, "The scheduler at nowhere does not answer" in asked.stderr) == (2, True)
    assert not (tmp_path / "figures.json").exists()


def test_ctrl_c_writes_what_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal after the second replication: the file holds at least two, and the reason says that it was stopped."""
    whole = simulating.compare

    def interrupted(*args: Any, progress: Any, stop: Stop, **more: Any) -> Any:
        def tell(point: Point) -> None:
            progress(point)
            if point.done == 2:
                threading.Timer(0, os.kill, (os.getpid(), signal.SIGINT)).start()
                assert stop.cancelled.wait(60)

        return whole(*args, progress=tell, stop=stop, **more)

    monkeypatch.setattr(simulating, "compare", interrupted)
    asked = ask(example(), tmp_path, "--precision", "0.000001")
    assert asked.exit_code == 0, asked.output
    told = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert (told["replications"], told["reason"]) == (2, "cancelled")


def test_the_scenario_is_read_as_it_is_meant() -> None:
    """Shares of sexes make two kinds; moves stay within the sex; days become hours; the stays seen keep their mean."""
    scenario = read(example().encode())
    kinds = [(demand.name, demand.need.sex.name, round(demand.per_day, 3)) for demand in scenario.demand]
    assert kinds[:4] == [
        ("Neurology", "FEMALE", 1.45),
        ("Neurology", "MALE", 1.45),
        ("Neurosurgery", "FEMALE", 0.8),
        ("Neurosurgery", "MALE", 0.8),
    ]
    assert [demand.move.to for demand in scenario.demand if demand.move] == [0, 1]
    assert (scenario.closures[0].start, scenario.surges[0].department) == (480.0, 2)
    assert len(scenario.beds) == 60


def test_who_waits_at_the_start_comes_first() -> None:
    """Those who wait are shared out among the sexes to the last one, and want a bed at hour 0 before anybody comes."""
    five = example().replace("per_day = 2.9", "waiting = 5\nper_day = 2.9", 1)
    scenario, before = read(five.encode()), draw(read(example().encode()), 240.0, seed=1, replication=0)
    assert [demand.waiting for demand in scenario.demand][:4] == [2, 3, 0, 0]
    people = draw(scenario, 240.0, seed=1, replication=0)
    assert people.at[:5].tolist() == [0.0] * 5
    assert np.bincount(people.kind[:5]).tolist() == [2, 3]
    assert np.array_equal(people.at[5:], before.at)
    assert np.array_equal(people.stay[5:], before.stay)


def test_a_start_from_here_and_now_needs_no_warm_up() -> None:
    """Occupants make the start live, each in a bed of the ward with hours since admission; one too many is refused."""
    here = '[[occupants]]\nward = "C1"\npatients = "Cardiology"\ndays = [1, 2.5, 9]\n'
    scenario = read((example() + here).encode())
    assert scenario.live
    assert scenario.occupants["elapsed"].tolist() == [24.0, 60.0, 216.0]
    assert scenario.wards[scenario.beds.beds["ward"][scenario.occupants["bed"][0]]] == "C1"
