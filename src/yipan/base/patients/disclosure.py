"""Who sees how much of a person where: one table, pure. Pages ask it; they decide nothing themselves.

A reader *knows* patients when a role with the verb patients.view is held where the patient is. Everybody else who may
look at beds (managers, administrators, integrators) sees that a bed is taken, by sex and age, and not by whom.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from yipan.base.patients.masks import mask_given_name, mask_id_number, mask_name, mask_phone


class Screen(StrEnum):
    """Where something is shown."""

    RECORD = "record"  # opened by a decision, and audited
    LIST = "list"  # boards, desks, wards, waiting lists, searches, rounds, calls, stays behind figures
    WALL = "wall"  # a display that passers-by can read, whoever is logged in there


class Item(StrEnum):
    """What is shown of a person."""

    NAME = "name"
    NUMBER = "number"
    PHONE = "phone"
    ADDRESS = "address"
    DIAGNOSIS = "diagnosis"
    SEX_AND_AGE = "sex_and_age"


class Shown(StrEnum):
    WHOLE = "whole"
    MASKED = "masked"
    HIDDEN = "hidden"


_W, _M, _H = Shown.WHOLE, Shown.MASKED, Shown.HIDDEN

# (screen, reader knows patients): name, number, phone, address, diagnosis, sex and age
TABLE: Mapping[tuple[Screen, bool], Mapping[Item, Shown]] = {
    key: dict(zip(Item, row, strict=True))
    for key, row in {
        (Screen.RECORD, True): (_W, _W, _W, _W, _W, _W),
        (Screen.RECORD, False): (_H, _H, _H, _H, _H, _H),
        (Screen.LIST, True): (_M, _M, _M, _H, _W, _W),
        (Screen.LIST, False): (_H, _H, _H, _H, _H, _W),
        (Screen.WALL, True): (_M, _H, _H, _H, _H, _H),
        (Screen.WALL, False): (_H, _H, _H, _H, _H, _H),
    }.items()
}


def shown(item: Item, screen: Screen, *, knows: bool) -> Shown:
    """How much of an item is shown there."""
    return TABLE[screen, knows][item]


def name_on(name: str, knows: bool, screen: str = Screen.LIST) -> str:
    """A name as this screen shows it to this reader; "" where it shows none."""
    mask = mask_given_name if screen == Screen.WALL else mask_name
    return _masked(name, shown(Item.NAME, Screen(screen), knows=knows), mask)


def number_on(number: str, knows: bool, screen: str = Screen.LIST) -> str:
    """An identity card number as this screen shows it to this reader."""
    return _masked(number, shown(Item.NUMBER, Screen(screen), knows=knows), mask_id_number)


def phone_on(phone: str, knows: bool, screen: str = Screen.LIST) -> str:
    """A phone number as this screen shows it to this reader."""
    return _masked(phone, shown(Item.PHONE, Screen(screen), knows=knows), mask_phone)


def _masked(text: str, how: Shown, mask: Callable[[str], str]) -> str:
    if how is Shown.HIDDEN:
        return ""
    return mask(text) if how is Shown.MASKED else text
