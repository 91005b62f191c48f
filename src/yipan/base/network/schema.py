"""The tables of a network file and their columns, once for reading, checking, writing and documenting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from yipan.base.network import rows
from yipan.base.network.columns import Choice, Code, Number, Reader, Text, TimeZone, YesNo
from yipan.base.network.limits import BUILDING_LENGTH, LABEL_LENGTH, LONGEST_WALK, MINUTES_A_DAY, OLDEST

KINDS = Choice(
    {
        "group": ("集团", "医共体", "医疗集团", "总院"),
        "tertiary_hospital": ("三级医院", "三甲医院", "市级医院"),
        "general_hospital": ("综合医院", "县医院", "县人民医院"),
        "leading_hospital": ("牵头医院", "县级医院"),
        "hub": ("中心卫生院", "区域分院", "片区分院"),
        "township_centre": ("乡镇卫生院", "卫生院", "社区卫生服务中心"),
        "village_clinic": ("村卫生室", "卫生室", "社区卫生服务站"),
        "partner": ("合作医院", "合作机构", "外部机构"),
    }
)
SEX_POLICIES = Choice(
    {
        "any": ("不限", "男女不限", "mixed"),
        "male": ("男", "男性", "m", "men"),
        "female": ("女", "女性", "f", "women"),
        "same": ("同性", "同性同室", "单一性别"),
    },
    default="same",
)
ISOLATIONS = Choice(
    {
        "none": ("无", "不隔离", "否"),
        "contact": ("接触", "接触隔离"),
        "droplet": ("飞沫", "飞沫隔离"),
        "airborne": ("空气", "空气隔离", "负压"),
        "protective": ("保护性", "保护性隔离", "正压"),
    },
    default="none",
)
LEVELS = Choice(
    {
        "general": ("普通", "一般"),
        "step_down": ("过渡", "亚重症", "过渡监护"),
        "intensive": ("重症", "重症监护", "icu"),
    },
    default="general",
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in files, its Chinese header, how its cells read. `needed`: the header must be there."""

    name: str
    title: str
    type: Reader
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns in the order of `row`'s fields; `key` names the columns that tell rows apart."""

    name: str
    title: str
    row: Callable[..., Any]
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def key_of(self, row: Any) -> tuple[str, ...]:
        """The key of a typed row."""
        return tuple(getattr(row, name) for name in self.key)


NAME = Column("name", "名称", Text(required=True))
NAME_EN = Column("name_en", "英文名称", Text(), needed=False)

_TABLES = (
    Table(
        "organisations",
        "机构",
        rows.OrganisationRow,
        ("code",),
        (
            Column("code", "编码", Code()),
            NAME,
            NAME_EN,
            Column("kind", "类别", KINDS),
            Column("parent", "上级机构", Code("organisations", required=False)),
        ),
    ),
    Table(
        "sites",
        "院区",
        rows.SiteRow,
        ("code",),
        (
            Column("code", "编码", Code()),
            Column("organisation", "机构", Code("organisations")),
            NAME,
            NAME_EN,
            Column("latitude", "纬度", Number(-90, 90, whole=False), needed=False),
            Column("longitude", "经度", Number(-180, 180, whole=False), needed=False),
            Column("time_zone", "时区", TimeZone(), needed=False),
        ),
    ),
    Table(
        "specialties",
        "专科",
        rows.SpecialtyRow,
        ("code",),
        (Column("code", "编码", Code()), NAME, NAME_EN),
    ),
    Table(
        "departments",
        "科室",
        rows.DepartmentRow,
        ("code",),
        (
            Column("code", "编码", Code()),
            Column("site", "院区", Code("sites")),
            Column("specialty", "专科", Code("specialties")),
            NAME,
            NAME_EN,
        ),
    ),
    Table(
        "wards",
        "病区",
        rows.WardRow,
        ("code",),
        (
            Column("code", "编码", Code()),
            Column("site", "院区", Code("sites")),
            Column("department", "科室", Code("departments")),
            NAME,
            NAME_EN,
            Column("building", "楼栋", Text(BUILDING_LENGTH), needed=False),
            Column("floor", "楼层", Number(-9, 199, default=1), needed=False),
            Column("nurses_total", "护士总数", Number(0, 999, default=0), needed=False),
            Column("emergency_reserve", "应急预留床位", Number(0, 99), needed=False),
            Column("turnover_minutes", "清洁分钟", Number(0, MINUTES_A_DAY), needed=False),
        ),
    ),
    Table(
        "competences",
        "护理能力",
        rows.CompetenceRow,
        ("ward", "specialty"),
        (
            Column("ward", "病区", Code("wards")),
            Column("specialty", "专科", Code("specialties")),
            Column("nurses_qualified", "合格护士数", Number(0, 999, required=True)),
        ),
    ),
    Table(
        "rooms",
        "病房",
        rows.RoomRow,
        ("ward", "label"),
        (
            Column("ward", "病区", Code("wards")),
            Column("label", "房号", Text(LABEL_LENGTH, required=True)),
            Column("sex_policy", "性别", SEX_POLICIES, needed=False),
            Column("isolation", "隔离", ISOLATIONS, needed=False),
            Column("age_min", "最小年龄", Number(0, OLDEST), needed=False),
            Column("age_max", "最大年龄", Number(0, OLDEST), needed=False),
        ),
    ),
    Table(
        "beds",
        "床位",
        rows.BedRow,
        ("code",),
        (
            Column("code", "编码", Code()),
            Column("ward", "病区", Code("wards")),
            Column("room", "房号", Text(LABEL_LENGTH, required=True)),
            Column("label", "床号", Text(LABEL_LENGTH, required=True)),
            Column("department", "科室", Code("departments")),
            Column("oxygen", "供氧", YesNo(), needed=False),
            Column("monitor", "监护", YesNo(), needed=False),
            Column("ventilator", "呼吸机", YesNo(), needed=False),
            Column("level_of_care", "监护级别", LEVELS, needed=False),
        ),
    ),
    Table(
        "alliances",
        "联盟科室",
        rows.AllianceRow,
        ("department", "ally"),
        (
            Column("department", "科室", Code("departments")),
            Column("ally", "联盟科室", Code("departments")),
            Column("rank", "顺序", Number(1, 999, required=True)),
        ),
    ),
    Table(
        "similarities",
        "专科相近度",
        rows.SimilarityRow,
        ("specialty", "other"),
        (
            Column("specialty", "专科", Code("specialties")),
            Column("other", "相近专科", Code("specialties")),
            Column("similarity", "相近度", Number(0, 1, whole=False, required=True)),
        ),
    ),
    Table(
        "walks",
        "步行时间",
        rows.WalkRow,
        ("from_ward", "to_ward"),
        (
            Column("from_ward", "起点病区", Code("wards")),
            Column("to_ward", "终点病区", Code("wards")),
            Column("minutes", "分钟", Number(0, LONGEST_WALK, whole=False, required=True)),
        ),
    ),
    Table(
        "roads",
        "路程时间",
        rows.RoadRow,
        ("from_site", "to_site"),
        (
            Column("from_site", "起点院区", Code("sites")),
            Column("to_site", "终点院区", Code("sites")),
            Column("minutes", "分钟", Number(0, MINUTES_A_DAY, whole=False, required=True)),
        ),
    ),
)

SCHEMA: dict[str, Table] = {table.name: table for table in _TABLES}
