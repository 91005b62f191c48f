"""Files of the catalogue: what can be examined, on which devices, by whom, and what counts as critical.

As network files: CSV, TOML, JSON, zip. Cells become typed rows, checked whole before anything is used; every problem is
reported with its file, row and column.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from yipan.base.network.columns import Choice, Code, Number, Text, YesNo
from yipan.base.network.files import RawNetwork, RawTable
from yipan.base.network.problems import BadValue, InvalidFile, Problem
from yipan.base.network.schema import NAME, NAME_EN, Column, Table
from yipan.lines.exams.policy.hours import hours_text, read_hours
from yipan.lines.exams.policy.limits import is_loinc
from yipan.lines.exams.policy.limits import problems as problems_of
from yipan.lines.exams.policy.units import canonical, is_ucum

LONG_AGO = (1980, 1, 1, 0, 0, 0)
CATEGORIES = Choice(
    {
        "imaging": ("影像", "放射", "影像检查"),
        "ecg": ("心电", "心电图"),
        "ultrasound": ("超声", "b超", "彩超"),
        "endoscopy": ("内镜", "胃肠镜"),
        "laboratory": ("检验", "化验"),
    }
)


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours, "1-5 08:00-12:00 14:00-17:30; 6 08:00-12:00"; an empty cell means always."""

    def read(self, text: str) -> dict[str, list[list[str]]]:
        try:
            return read_hours(text.strip())
        except ValueError as error:
            raise BadValue(str(error) if str(error).startswith("hours_") else "hours_shape") from None

    def write(self, value: Any) -> str:
        return hours_text(value)


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes separated by spaces. `of` names the table in which each must exist."""

    of: str

    def read(self, text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text.split()))

    def write(self, value: Any) -> str:
        return " ".join(value)


class Loinc(Text):
    """A code of LOINC with the check digit that it must have."""

    def read(self, text: str) -> str:
        code = Text.read(self, text)
        if not is_loinc(code):
            raise BadValue("loinc_check")
        return code


class Unit(Text):
    """A unit, kept as UCUM writes it."""

    def read(self, text: str) -> str:
        unit = canonical(Text.read(self, text))
        if not is_ucum(unit):
            raise BadValue("unit_unknown")
        return unit


@dataclass(frozen=True, slots=True)
class ItemRow:
    code: str
    name: str
    name_en: str
    category: str
    modality: str
    loinc: str
    specialty: str
    minutes: int
    preparation: str
    preparation_en: str
    preparation_minutes: int
    price: float
    dose: float
    in_use: bool


@dataclass(frozen=True, slots=True)
class DeviceRow:
    code: str
    department: str
    name: str
    name_en: str
    modality: str
    ae_title: str
    hours: Mapping[str, Any]
    items: tuple[str, ...]
    in_use: bool


@dataclass(frozen=True, slots=True)
class TechnicianRow:
    code: str
    department: str
    name: str
    name_en: str
    hours: Mapping[str, Any]
    items: tuple[str, ...]
    in_use: bool


@dataclass(frozen=True, slots=True)
class FindingRow:
    code: str
    name: str
    name_en: str
    category: str
    in_use: bool


@dataclass(frozen=True, slots=True)
class LimitRow:
    loinc: str
    name: str
    name_en: str
    unit: str
    low: float | None
    high: float | None
    in_use: bool


class InUse(YesNo):
    """An empty cell means yes: what stands in a file is in use unless it says otherwise."""

    def read(self, text: str) -> bool:
        return not text.strip() or YesNo.read(self, text)


CODE = Column("code", "编码", Code())
DEPARTMENT = Column("department", "科室", Code("departments"))
MODALITY = Column("modality", "设备类型", Text(4), needed=False)
AE_TITLE = Column("ae_title", "AE名称", Text(16), needed=False)
HOURS = Column("hours", "开放时间", Hours(), needed=False)
ITEMS = Column("items", "项目", Codes("items"))
BOUND = Number(-1e9, 1e9, whole=False)
IN_USE = Column("in_use", "在用", InUse(), needed=False)

TABLES = (
    Table(
        "items",
        "检查项目",
        ItemRow,
        ("code",),
        (
            CODE,
            NAME,
            NAME_EN,
            Column("category", "类别", CATEGORIES),
            MODALITY,
            Column("loinc", "LOINC", Text(12), needed=False),
            Column("specialty", "亚专业", Text(32), needed=False),
            Column("minutes", "分钟", Number(1, 1440, default=15), needed=False),
            Column("preparation", "检查前准备", Text(400), needed=False),
            Column("preparation_en", "英文检查前准备", Text(400), needed=False),
            Column("preparation_minutes", "准备分钟", Number(0, 43200, default=0), needed=False),
            Column("price", "价格", Number(0, 9_999_999, whole=False, default=0.0), needed=False),
            Column("dose", "剂量", Number(0, 1000, whole=False, default=0.0), needed=False),
            IN_USE,
        ),
    ),
    Table(
        "devices",
        "设备",
        DeviceRow,
        ("code",),
        (CODE, DEPARTMENT, NAME, NAME_EN, MODALITY, AE_TITLE, HOURS, ITEMS, IN_USE),
    ),
    Table("technicians", "技师", TechnicianRow, ("code",), (CODE, DEPARTMENT, NAME, NAME_EN, HOURS, ITEMS, IN_USE)),
    Table(
        "findings",
        "危急发现",
        FindingRow,
        ("code",),
        (CODE, NAME, NAME_EN, Column("category", "类别", CATEGORIES), IN_USE),
    ),
    Table(
        "limits",
        "危急界限",
        LimitRow,
        ("loinc",),
        (
            Column("loinc", "LOINC", Loinc(12, required=True)),
            NAME,
            NAME_EN,
            Column("unit", "单位", Unit(24, required=True)),
            Column("low", "低于", BOUND, needed=False),
            Column("high", "高于", BOUND, needed=False),
            IN_USE,
        ),
    ),
)  # fmt: skip
SCHEMA = {table.name: table for table in TABLES}

Row = ItemRow | DeviceRow | TechnicianRow | FindingRow | LimitRow


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """Typed rows; `given` are the tables that the source holds."""

    items: tuple[ItemRow, ...] = ()
    devices: tuple[DeviceRow, ...] = ()
    technicians: tuple[TechnicianRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()
    limits: tuple[LimitRow, ...] = ()
    given: frozenset[str] = frozenset(SCHEMA)


@dataclass(frozen=True, slots=True)
class Known:
    """Codes that are stored already: what a file may refer to without holding it. `ae_titles`: whose they are."""

    items: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    ae_titles: Mapping[str, str] = field(default_factory=dict)


def check(raw: RawNetwork, known: Known) -> CatalogueFile:
    """The typed rows of a source. Raises InvalidFile with every problem."""
    problems = list(raw.problems)
    found = {name: list(_rows(SCHEMA[name], table, problems)) for name, table in raw.tables.items()}
    items = known.items | {cells["code"].strip() for cells in _cells(raw, "items")}
    for name in ("devices", "technicians"):
        for number, row in found.get(name, ()):
            problems += _references(raw.tables[name].file, number, row, items, known.departments)
    if "devices" in raw.tables:
        problems += _titles(raw.tables["devices"].file, found["devices"], known.ae_titles)
    for number, row in found.get("limits", ()):
        problems += _bounds(raw.tables["limits"].file, number, row)
    if raw.policy is not None:
        problems.append(Problem(raw.policy_file, 0, "policy", "", "exam_file_policy", {"names": list(SCHEMA)}))
    if problems:
        raise InvalidFile(tuple(sorted(problems, key=lambda p: (p.file, p.row))))
    typed = {name: tuple(row for _, row in rows) for name, rows in found.items()}
    return CatalogueFile(**typed, given=frozenset(raw.tables))


def to_csv(table: str, rows: Iterable[Row]) -> bytes:
    """One table as a CSV file: UTF-8 with a byte-order mark (for Excel), CRLF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    columns = SCHEMA[table].columns
    writer.writerow([column.name for column in columns])
    writer.writerows([column.type.write(getattr(row, column.name)) for column in columns] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def to_zip(catalogue: CatalogueFile) -> bytes:
    """Every table in one zip; the bytes depend on the catalogue only."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in SCHEMA:
            data = to_csv(name, getattr(catalogue, name))
            archive.writestr(zipfile.ZipInfo(f"{name}.csv", LONG_AGO), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _cells(raw: RawNetwork, name: str) -> Iterable[Mapping[str, str]]:
    return (row.cells for row in raw.tables[name].rows if "code" in row.cells) if name in raw.tables else ()


def _rows(table: Table, raw: RawTable, problems: list[Problem]) -> Iterable[tuple[int, Any]]:
    """(row number, typed row) of each row that is right in itself."""
    seen: dict[str, int] = {}
    for row in raw.rows:
        values, fine = {}, True
        for column in table.columns:
            cell = row.cells.get(column.name, "")
            try:
                values[column.name] = column.type.read(cell)
            except BadValue as wrong:
                fine = False
                if column.name not in raw.absent:
                    problems.append(Problem(raw.file, row.number, column.name, cell, wrong.code, wrong.params))
        (key,) = table.key
        code = values.get(key)
        if code in seen:
            problems.append(Problem(raw.file, row.number, key, code, "network_row_twice", {"first": seen[code]}))
        elif code and fine:
            seen[code] = row.number
            yield row.number, table.row(**values)


def _references(
    file: str, number: int, row: DeviceRow | TechnicianRow, items: Iterable[str], departments: Iterable[str]
) -> Iterable[Problem]:
    if row.department not in departments:
        told = {"table": "departments"}
        yield Problem(file, number, "department", row.department, "network_reference_unknown", told)
    for code in row.items:
        if code not in items:
            yield Problem(file, number, "items", code, "network_reference_unknown", {"table": "items"})


def _bounds(file: str, number: int, row: LimitRow) -> Iterable[Problem]:
    """A limit has a bound, and its bounds in order."""
    wrong = problems_of(loinc=row.loinc, name=row.name, unit=row.unit, low=row.low, high=row.high)
    for column, code in wrong.items():
        cell = SCHEMA["limits"].column(column).type.write(getattr(row, column))
        yield Problem(file, number, column, cell, code, {})


def _titles(file: str, rows: list[tuple[int, DeviceRow]], known: Mapping[str, str]) -> Iterable[Problem]:
    """An AE title names one device."""
    owner = dict(known)
    for number, row in rows:
        holder = owner.setdefault(row.ae_title, row.code) if row.ae_title else row.code
        if holder != row.code:
            yield Problem(file, number, "ae_title", row.ae_title, "exam_ae_title_taken", {"device": holder})


def columns_of(row: Row) -> list[str]:
    """The names of a row's columns."""
    return [f.name for f in fields(row)]
