"""The network as it will be some time from now, when everybody leaves at the announced or stated end.

`rank` judges a network as it stands. Whoever wants a bed for a day to come asks it about this one, so that a plan and
the live board obey the same rules.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from yipan.engine.placement.beds import NEVER, Beds, copy_of, rows_where
from yipan.engine.placement.codes import BedState

Minutes = NDArray[np.int64]


def later(beds: Beds, minutes: int, turnover: int) -> Beds:
    """`beds` at `minutes` from now: stays and closures that end are over, reservations that begin have begun.

    `turnover` is how many minutes wards without a time of their own take to ready a bed. A departure without an end
    (`NEVER`) does not come. A reservation that nobody lies in (a planned closure) keeps the bed from its start on.
    Raises ValueError for a time that has passed.
    """
    if minutes < 0:
        raise ValueError(f"{minutes} minutes from now lie behind")
    if minutes == 0:
        return beds
    rows = copy_of(beds.beds)
    turns = np.where(beds.wards["turnover"] >= 0, beds.wards["turnover"], turnover)[rows["ward"]].astype(np.int64)
    _end_what_is_under_way(rows, beds.guests, turns, minutes)
    _begin_what_is_reserved(rows, beds, turns, minutes)
    guests = rows_where(beds.guests, (beds.guests["until"] == NEVER) | (beds.guests["until"] > minutes))
    for column in ("since", "until"):
        guests[column] = _minus(guests[column], minutes)
    return beds.with_changes(beds=rows, guests=guests, **_without_forecast(beds))


def _without_forecast(beds: Beds) -> dict[str, Any]:
    """Wards and departments without what is expected of the coming day, which is another day than that hour's."""
    wards, departments = beds.wards.copy(), beds.departments.copy()
    wards["foreseen"], departments["own_in"] = 0, NEVER
    return {"wards": wards, "departments": departments}


def _end_what_is_under_way(rows: Any, guests: Any, turns: Minutes, minutes: int) -> None:
    state, at = rows["state"], rows["available_at"].astype(np.int64)
    end = np.where(at == NEVER, NEVER, np.maximum(at, 0))
    due = (guests["bed"] >= 0) & (guests["since"] <= 0)
    until = np.full(len(rows), -1, np.int64)
    np.maximum.at(until, guests["bed"][due], guests["until"][due])
    end = np.where(state == BedState.HELD, np.where(until < 0, NEVER, until), end)
    end = np.where((state == BedState.CLEANING) & (at == NEVER), turns, end)
    end = np.where((state == BedState.CLOSED) & (at <= 0), NEVER, end)
    left = (state == BedState.OCCUPIED) | (state == BedState.HELD)
    ready = np.where(left & (end != NEVER), end + turns, end)
    free = (state == BedState.FREE) | (ready <= minutes)
    cleaning = ~free & left & (end <= minutes)
    rows["available_at"] = np.where(cleaning, ready - minutes, np.where(free | (at == NEVER), NEVER, at - minutes))
    rows["state"] = np.where(free, BedState.FREE, np.where(cleaning, BedState.CLEANING, state))


def _begin_what_is_reserved(rows: Any, beds: Beds, turns: Minutes, minutes: int) -> None:
    coming = beds.guests[(beds.guests["bed"] >= 0) & (beds.guests["since"] > 0)]
    bed, since, until = coming["bed"], coming["since"].astype(np.int64), coming["until"].astype(np.int64)
    first = np.full(len(rows), NEVER, np.int64)
    np.minimum.at(first, bed, since)
    promised = rows["available_until"].astype(np.int64)
    blocked = np.where(promised == first, NEVER, promised)
    following = np.where((blocked > minutes) & (blocked != NEVER), blocked - minutes, NEVER)
    ahead = since > minutes
    np.minimum.at(following, bed[ahead], since[ahead] - minutes)
    rows["available_until"] = following
    there = (since <= minutes) & (until > minutes)
    rows["state"][bed[there]] = BedState.OCCUPIED
    rows["available_at"][bed[there]] = _minus(until[there], minutes)
    ready = until + turns[bed]
    cleaned = (until <= minutes) & (ready > minutes) & (rows["state"][bed] == BedState.FREE)
    rows["state"][bed[cleaned]] = BedState.CLEANING
    rows["available_at"][bed[cleaned]] = (ready - minutes)[cleaned]
    closed = blocked <= minutes
    rows["state"][closed], rows["available_at"][closed] = BedState.CLOSED, NEVER


def _minus(values: Any, minutes: int) -> Any:
    return np.where(values == NEVER, NEVER, values.astype(np.int64) - minutes)
