"""What lists and boards show instead of a whole name or number."""

from __future__ import annotations

import re

from yipan.base.patients import surnames

LATIN_WORD = re.compile(r"\S+")


def mask_name(name: str) -> str:
    """李建国 → 李*国, 王梅 → 王*, 欧阳娜娜 → 欧阳*娜, 阿卜杜拉·买买提 → 阿******提, John Smith → J*** S***.

    A Chinese name keeps its surname and, from three characters on (four with a compound surname), its last one.
    """
    name = " ".join(name.split())
    if not name:
        return ""
    if name.isascii() or not _has_ideograph(name):
        return LATIN_WORD.sub(lambda word: word[0][0] + "***", name)
    name = name.replace(" ", "")
    if "·" in name:
        return name[0] + "*" * (len(name) - 2) + name[-1]
    surname, given = surnames.split(name)
    if len(given) <= 1:
        return surname + "*" * len(given)
    return surname + "*" * (len(given) - 1) + given[-1]


def mask_given_name(name: str) -> str:
    """李建国 → 李**, 欧阳娜娜 → 欧阳**, John Smith → J*** S***: for displays that passers-by can read."""
    name = " ".join(name.split())
    if not name or name.isascii() or not _has_ideograph(name):
        return mask_name(name)
    name = name.replace(" ", "")
    known = name[:1] if "·" in name else surnames.split(name)[0]
    return known + "*" * (len(name) - len(known))


def mask_id_number(number: str) -> str:
    """110101196203011234 → 110***********1234: no birth date, district or sex stays readable.

    Numbers of 14 characters and more keep the first three and the last four, of 6 to 13 the last three, shorter ones
    the last one; that is enough to tell two people apart at a desk and never more than half.
    """
    number = "".join(number.split())
    if len(number) >= 14:
        return number[:3] + "*" * (len(number) - 7) + number[-4:]
    if len(number) >= 6:
        return "*" * (len(number) - 3) + number[-3:]
    return "*" * (len(number) - 1) + number[-1:]


def mask_phone(phone: str) -> str:
    """13812345678 → 138****5678; of other numbers only the last four digits stay, of short ones the last two."""
    phone = "".join(phone.split())
    if len(phone) == 11 and phone.isdecimal() and phone.startswith("1"):
        return phone[:3] + "****" + phone[-4:]
    shown = 4 if len(phone) >= 8 else 2
    return "*" * max(len(phone) - shown, 0) + phone[-shown:] if len(phone) > shown else "*" * len(phone)


def _has_ideograph(text: str) -> bool:
    return any("\u3400" <= c <= "\u9fff" or c >= "\U00020000" for c in text)
