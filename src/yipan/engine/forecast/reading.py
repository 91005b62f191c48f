"""A file of daily series as a panel: CSV with the columns date, series and value, columns and rows in any order."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from datetime import date

import numpy as np

from yipan.engine.forecast.panel import Panel
from yipan.kernel.errors import InvalidInput

COLUMNS = ("date", "series", "value")
LONGEST_DAYS = 100 * 366
UNKNOWN = frozenset({"", "nan", "na", "null"})


def read(content: bytes) -> Panel:
    """The panel from the first to the last day in the file; series stand in the order of their first row.

    A day without a row, and an empty value, are unknown. Other columns are passed over. Raises InvalidInput that names
    the line and what should stand there.
    """
    places: dict[str, int] = {}
    found: dict[tuple[int, date], float] = {}
    for line, (when, name, value) in _rows(_text(content)):
        key = (places.setdefault(_name(line, name), len(places)), _day(line, when))
        if key in found:
            raise InvalidInput("forecast_twice", line=line, day=when.strip(), series=name.strip())
        found[key] = _value(line, value)
    if not found:
        raise InvalidInput("forecast_empty")
    first, last = min(day for _, day in found), max(day for _, day in found)
    days = (last - first).days + 1
    if days > LONGEST_DAYS:
        raise InvalidInput("forecast_too_long", first=first.isoformat(), last=last.isoformat())
    values = np.full((len(places), days), np.nan)
    for (series, day), number in found.items():
        values[series, (day - first).days] = number
    return Panel(tuple(places), first, values)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("forecast_not_text", line=content[: error.start].count(b"\n") + 1) from None


def _rows(text: str) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """Number of the line and the three cells of every row that is not empty."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [cell.strip().lower() for cell in next(reader, [])]
        for column in COLUMNS:
            if head.count(column) != 1:
                raise InvalidInput("forecast_columns", line=1, column=column, wanted=",".join(COLUMNS))
        at = [head.index(column) for column in COLUMNS]
        for row in reader:
            if len(row) not in (0, len(head)):
                raise InvalidInput("forecast_cells", line=reader.line_num, found=len(row), wanted=len(head))
            if row:
                yield reader.line_num, (row[at[0]], row[at[1]], row[at[2]])
    except csv.Error as error:
        raise InvalidInput("forecast_not_csv", line=reader.line_num, why=str(error)) from None


def _name(line: int, cell: str) -> str:
    if not cell.strip():
        raise InvalidInput("forecast_nameless", line=line)
    return cell.strip()


def _day(line: int, cell: str) -> date:
    try:
        return date.fromisoformat(cell.strip())
    except ValueError:
        raise InvalidInput("forecast_day", line=line, value=cell.strip()) from None


def _value(line: int, cell: str) -> float:
    if cell.strip().lower() in UNKNOWN:
        return math.nan
    try:
        number = float(cell)
    except ValueError:
        number = math.inf
    if not math.isfinite(number):
        raise InvalidInput("forecast_value", line=line, value=cell.strip())
    return number
