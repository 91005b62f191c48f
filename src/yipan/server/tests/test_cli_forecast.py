"""`yipan forecast`: the files in and out, and what is said about a file that is not usable."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from django.utils import translation

from yipan.engine.forecast.calendars import calendar
from yipan.engine.forecast.tests.wards import few_trees
from yipan.server.cli import main

HEAD = "series,date,q0.025,q0.05,q0.1,q0.2,q0.3,q0.4,q0.5,q0.6,q0.7,q0.8,q0.9,q0.95,q0.975"


@pytest.fixture(autouse=True)
def _keep_the_language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    few_trees(monkeypatch)
    with translation.override(translation.get_language()):
        yield


def series(days: int = 120, names: tuple[str, ...] = ("Ward 1", "Ward 2")) -> str:
    """A file of wards with a weekly pattern."""
    chance = np.random.default_rng(7)
    lines = ["date,series,value"]
    for day in range(days):
        for name in names:
            value = 30 + 5 * ((day % 7) < 5) + int(chance.poisson(4))
            lines.append(f"{(date(2026, 1, 1) + timedelta(day)).isoformat()},{name},{value}")
    return "\n".join(lines) + "\n"


def ask(directory: Path, text: str | bytes, *arguments: str, lang: str = "en") -> Result:
    content = text if isinstance(text, bytes) else text.encode()
    (directory / "in.csv").write_bytes(content)
    files = [str(directory / "in.csv"), "-o", str(directory / "out.csv")]
    return CliRunner(env={"LANG": lang, "LC_ALL": lang}).invoke(main, ["forecast", *files, *arguments])


def test_the_file_out_has_a_row_for_each_series_and_day(tmp_path: Path) -> None:
    """The columns of the documentation, the days after the last one, and levels that never fall."""
    asked = ask(tmp_path, series(), "--horizon", "3")
    assert asked.exit_code == 0, asked.output
    text = (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == HEAD
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["series"], row["date"]) for row in rows] == [
        (name, day) for name in ("Ward 1", "Ward 2") for day in ("2026-05-01", "2026-05-02", "2026-05-03")
    ]
    for row in rows:
        levels = [float(row[column]) for column in HEAD.split(",")[2:]]
        assert levels == sorted(levels)


def test_parts_and_whole_agree(tmp_path: Path) -> None:
    """The medians of wards named by their site sum to the site's; a site with another ward keeps its own."""
    lines = ["date,series,value"]
    for row in series(130, ("East/1", "East/2", "West/1")).splitlines()[1:]:
        lines.append(row)
        day, name, value = row.split(",")
        if name == "East/1":
            first = int(value)
        elif name == "East/2":
            lines.append(f"{day},East,{first + int(value)}")
        else:
            lines.append(f"{day},West,{int(value) + 50}")
    assert ask(tmp_path, "\n".join(lines), "--horizon", "3").exit_code == 0
    rows = csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines())
    medians = {(row["series"], row["date"]): float(row["q0.5"]) for row in rows}
    for day in {day for _, day in medians}:
        assert medians["East", day] == pytest.approx(medians["East/1", day] + medians["East/2", day], abs=1e-3)
        assert medians["West", day] > medians["West/1", day] + 30


def test_columns_and_rows_may_stand_in_any_order(tmp_path: Path) -> None:
    """A byte-order mark, other columns, another order and Windows' line ends change nothing."""
    ask(tmp_path, series(40), "--horizon", "2")
    plain = (tmp_path / "out.csv").read_bytes()
    rows = [line.split(",") for line in series(40).splitlines()[1:]]
    mixed = ["value,note,series,date", *(f"{v},x,{s},{d}" for d, s, v in [rows[0], *rows[:0:-1]])]
    assert ask(tmp_path, b"\xef\xbb\xbf" + "\r\n".join(mixed).encode(), "--horizon", "2").exit_code == 0
    assert sorted((tmp_path / "out.csv").read_bytes().splitlines()) == sorted(plain.splitlines())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Line 1 must name the column “date” once"),
        ("date,series\n", "Line 1 must name the column “value” once"),
        ("date,series,value\n", "There is no row of values in the file"),
        ("date,series,value\n2026-01-01,A\n", "Line 2 has 2 cells; like the first line it should have 3"),
        ("date,series,value\n2026-01-01,A,3\n01.02.2026,A,3\n", "Line 3: “01.02.2026” is no date"),
        ("date,series,value\n2026-01-01,A,many\n", "Line 2: “many” is no number"),
        ("date,series,value\n2026-01-01,A,inf\n", "Line 2: “inf” is no number"),
        ("date,series,value\n2026-01-01, ,3\n", "Line 2: the name of the series is missing"),
        ("date,series,value\n2026-01-01,A,3\n2026-01-01,A,4\n", "Line 3: A has a value for 2026-01-01 already"),
        ("date,series,value\n1026-01-01,A,3\n2026-01-01,A,4\n", "more than a hundred years"),
        ('date,series,value\n2026-01-01,"A,3\n', "cannot be read as CSV"),
        (b"date,series,value\n2026-01-01,\xff,3\n", "Line 2 is not text in UTF-8"),
    ],
)
def test_a_file_that_is_not_usable_is_refused_with_its_line(tmp_path: Path, text: str | bytes, told: str) -> None:
    """One sentence with the line and what to do, exit code 2, and no file."""
    asked = ask(tmp_path, text)
    assert asked.exit_code == 2
    assert told in asked.stderr
    assert not (tmp_path / "out.csv").exists()
    assert len(asked.stderr.splitlines()) == 1


def test_the_sentence_is_chinese_on_a_chinese_terminal(tmp_path: Path) -> None:
    """What is wrong is said in the terminal's language."""
    assert "第 2 行" in ask(tmp_path, "date,series,value\n2026-01-01,A,many\n", lang="zh_CN.UTF-8").stderr


def test_an_unknown_country_is_refused(tmp_path: Path) -> None:
    """Without its holidays nothing is forecast; the sentence says which codes there are."""
    asked = ask(tmp_path, series(40), "--country", "Narnia")
    assert (asked.exit_code, (tmp_path / "out.csv").exists()) == (2, False)
    assert "Give a code such as CN" in asked.stderr


def german(days: int) -> list[str]:
    """A file of wards that discharge fewer on German public holidays, without its head."""
    known = calendar(date(2024, 1, 1), days, "DE")
    chance = np.random.default_rng(5)
    usual = 40.0 - 12 * (known.weekday > 4) - 15 * known.holiday * (known.weekday < 5)
    return [
        f"{(date(2024, 1, 1) + timedelta(day)).isoformat()},{name},{chance.poisson(usual[day])}"
        for day in range(days)
        for name in ("A", "B", "C")
    ]


def test_the_country_is_recognised_and_said(tmp_path: Path) -> None:
    """Without --country the holidays that the series keep count, as if they were named; who names others gets these."""
    text = "\n".join(["date,series,value", *german(500)])
    told = ask(tmp_path, text, "--horizon", "3")
    recognised = (tmp_path / "out.csv").read_bytes()
    assert "The series keep the public holidays of DE" in told.stderr
    assert "DE 的公共假日" in ask(tmp_path, text, "--horizon", "3", lang="zh_CN.UTF-8").stderr
    for named, same in (("DE", True), ("CN", False)):
        assert "keep the public holidays" not in ask(tmp_path, text, "--horizon", "3", "--country", named).stderr
        assert ((tmp_path / "out.csv").read_bytes() == recognised) is same


def test_evaluate_recognises_the_country_from_the_days_before_the_test(tmp_path: Path) -> None:
    """Wards that began to keep German holidays when the test began have named no country by then."""
    before = [row.rsplit(",", 1)[0] + ",30" for row in german(250)]
    options = ("--days", "200", "--origins", "1", "--no-baselines")
    for rows, named in ((before + german(450)[750:], False), (german(650), True)):
        (tmp_path / "in.csv").write_text("\n".join(["date,series,value", *rows]), encoding="utf-8")
        asked = CliRunner(env={"LANG": "en"}).invoke(main, ["forecast", "evaluate", str(tmp_path / "in.csv"), *options])
        assert asked.exit_code == 0, asked.output
        assert ("The series keep" in asked.stderr) is named


def test_a_forecast_never_replaces_its_source(tmp_path: Path) -> None:
    """The same file twice is refused and stays as it is."""
    file = tmp_path / "in.csv"
    file.write_text(series(40), encoding="utf-8")
    asked = CliRunner(env={"LANG": "en"}).invoke(main, ["forecast", str(file), "-o", str(file)])
    assert asked.exit_code == 2
    assert file.read_text(encoding="utf-8") == series(40)


def test_evaluate_compares_on_the_files_own_past(tmp_path: Path) -> None:
    """A table of methods with MASE, WIS and coverage, and a row for each day ahead."""
    (tmp_path / "in.csv").write_text(series(200), encoding="utf-8")
    arguments = ["forecast", "evaluate", str(tmp_path / "in.csv"), "--days", "40", "--origins", "2", "--horizon", "7"]
    asked = CliRunner(env={"LANG": "en"}).invoke(main, arguments)
    assert asked.exit_code == 0, asked.output
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in asked.stdout.splitlines() if "|" in line]
    assert cells[0] == ["method", "MASE", "WIS", "80%", "95%"]
    assert [row[0] for row in cells[2:6]] == ["Yipan", "SeasonalNaive", "AutoTheta", "AutoETS"]
    assert [row[0] for row in cells[8:]] == list("1234567")
    assert all(0 < float(value) < 5 for row in cells[2:6] for value in row[1:])


def test_a_test_longer_than_the_file_is_refused(tmp_path: Path) -> None:
    """The sentence says how many days there are."""
    (tmp_path / "in.csv").write_text(series(40), encoding="utf-8")
    asked = CliRunner(env={"LANG": "en"}).invoke(
        main, ["forecast", "evaluate", str(tmp_path / "in.csv"), "--days", "40"]
    )
    assert asked.exit_code == 2
    assert "The file has 40 days" in asked.stderr
