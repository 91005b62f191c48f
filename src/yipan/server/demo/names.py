"""Invented people for the demo: names, sexes, ages, resident numbers. The same seed always gives the same people."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from yipan.base.patients.idcard import check_digit

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
MALE = "伟强磊军勇杰涛超明刚平辉鹏飞波斌宇浩凯健俊帆帅旭宁龙林坤建国华志文德福成林东海民春生荣贵祥兴"
FEMALE = (
    "芳娜敏静秀娟英华慧巧美娜静淑惠珠翠雅芝玉萍红娥玲芬燕彩春菊兰凤洁梅琳素云莲真环雪荣爱妹霞香月莺媛艳瑞"
    "凡佳嘉琼勤珍贞莉桂娣叶璧璐"
)
REGION = "439021"
"""Of the invented county: no district of China carries this code."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    name: str
    sex: str
    birth_date: date
    id_number: str
    phone: str


def person(chance: random.Random, today: date, *, sex: str | None = None, ages: tuple[int, int] = (18, 92)) -> Person:
    """An invented person of an age in years between the two bounds."""
    sex = sex or chance.choice(("male", "female"))
    low, high = ages
    age = round(chance.triangular(low, high, low + (high - low) * 0.65)) if high > 20 else chance.randint(low, high)
    born = today - timedelta(days=max(age * 365.25 + chance.randrange(2, 360), 2))
    letters = MALE if sex == "male" else FEMALE
    given = "".join(chance.choice(letters) for _ in range(chance.choice((1, 2, 2, 2))))
    sequence = chance.randrange(0, 499) * 2 + (sex == "male")
    first = f"{REGION}{born:%Y%m%d}{sequence:03d}"
    return Person(
        name=chance.choice(SURNAMES) + given,
        sex=sex,
        birth_date=born,
        id_number=first + check_digit(first),
        # No place has the area code 0700, so that no real telephone can ring.
        phone=f"0700{chance.randrange(2_000_000, 8_999_999)}",
    )
