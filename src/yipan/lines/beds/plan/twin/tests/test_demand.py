"""What the history says is what the twin is told: arrivals, stays, hours, kinds of patient."""

from __future__ import annotations

from uuid import UUID, uuid4

import numpy as np
import pytest

from yipan.lines.beds.plan.twin.demand import (
    Expected,
    Lying,
    Person,
    Stay,
    expected,
    history_days,
    mixed,
    nearest,
)

BIG, SMALL = uuid4(), uuid4()
WINDOW = 56 * 24.0


def person(department: UUID = BIG, sex: str = "male", severity: str = "general", age: int = 60) -> Person:
    return Person(department, "urgent", severity, sex, "general", age)


def lived(
    days: float, *, department: UUID = BIG, mean: float = 120.0, per_day: float = 10.0, seed: int = 1, away: float = 0.0
) -> list[Stay]:
    """Exponential stays of a department that has run for long, of which a window's last `days` are known."""
    r = np.random.default_rng(seed)
    since = WINDOW - days * 24
    stays = []
    for began in np.sort(r.uniform(since - 40 * mean, WINDOW, round(per_day * (days + 40 * mean / 24)))):
        ends = began + r.exponential(mean)
        if ends > since:
            inside = min(ends, WINDOW) - max(began, 0.0)
            ended = float(ends) if ends < WINDOW else None
            hour, weekday = int(began) % 24, int(began // 24) % 7
            kept = inside * (1 - away)
            stays.append(Stay(person(department), float(began), ended, kept, inside - kept, hour, weekday))
    return stays


def told(stays: list[Stay], days: float, **more: object) -> dict[UUID, Expected]:
    facts = {"days": days, "hours": WINDOW, "weekday": 0, "hour": 0.0, "penalty": 0.0, **more}
    return {one.department_id: one for one in expected(stays, [], **facts)}  # type: ignore[arg-type]


def mean_of(one: Expected) -> float:
    seen = np.array(one.lengths)
    return float(np.mean((seen[1:] + seen[:-1]) / 2))


@pytest.mark.parametrize("days", [8.0, 50.0])
def test_arrivals_times_stay_are_the_beds_that_were_taken(days: float) -> None:
    """Little's law holds between what is told and what was seen, for a short history as for a long one."""
    stays = lived(days)
    one = told(stays, days)[BIG]
    since = WINDOW - days * 24
    taken = sum((s.ended or WINDOW) - max(s.began, since) for s in stays) / (days * 24)
    assert one.per_day * mean_of(one) / 24 == pytest.approx(taken, rel=1e-3)
    assert one.per_day == pytest.approx(10.0, rel=0.15)


def test_a_short_history_does_not_shorten_stays() -> None:
    """Of eight days, few long stays have both ends; the shape is still that of the whole: a quarter lasts longer than
    1.39 means, a twentieth longer than three."""
    lengths = np.array(told(lived(8.0, per_day=40.0), 8.0)[BIG].lengths)
    mean = mean_of(told(lived(8.0, per_day=40.0), 8.0)[BIG])
    assert np.quantile(lengths, 0.75) / mean == pytest.approx(1.39, rel=0.12)
    assert np.quantile(lengths, 0.95) / mean == pytest.approx(3.0, rel=0.15)


def test_a_small_department_leans_on_the_network() -> None:
    """Two stays of forty days say little beside a network of five days; twenty and more speak for themselves."""
    few = [Stay(person(SMALL), WINDOW - 960 - k, WINDOW - k - 0.5, 960.0, 0.0, 9, 1) for k in range(2)]
    both = told(lived(50.0) + few, 50.0)
    assert both[SMALL].leans
    assert not both[BIG].leans
    assert 120 < mean_of(both[SMALL]) < 300


def test_hours_away_count_for_less_by_the_penalty() -> None:
    """Half of the hours were spent outside, where stays are a quarter longer: at home a tenth fewer would have done."""
    stays = lived(50.0, away=0.5)
    plain, less = (told(stays, 50.0, penalty=p)[BIG] for p in (0.0, 0.25))
    beds = [one.per_day * mean_of(one) for one in (plain, less)]
    assert beds[1] / beds[0] == pytest.approx(0.9, rel=1e-3)


def test_weekdays_are_told_by_how_many_there_were() -> None:
    """Even arrivals over ten days, in which three weekdays come twice, are even arrivals."""
    weekdays = told(lived(10.0, per_day=200.0), 10.0)[BIG].weekdays
    assert np.mean(weekdays) == pytest.approx(1.0)
    assert max(weekdays) - min(weekdays) < 0.2


def test_history_begins_with_the_first_departure() -> None:
    """Somebody who came long ago and still lies there does not make a history."""
    stays = lived(12.0)
    assert history_days(stays, WINDOW) == pytest.approx(12.0, abs=0.2)
    assert history_days([s for s in stays if s.ended is None], WINDOW) == 0.0


def test_the_mix_is_the_departments_own() -> None:
    """Shares and usual ages come from its own patients; the rarest kinds are left out and the rest is whole."""
    people = [person(age=70)] * 60 + [person(sex="female", age=50)] * 38 + [person(severity="critical")] * 2
    mix = mixed(people)
    assert sum(share for share, _ in mix.values()) == pytest.approx(1.0)
    assert mix["urgent", "general", "male", "general"] == (pytest.approx(60 / 98), 70)
    assert len(mix) == 2


def test_who_lies_there_is_likest_to_a_kind_of_the_same_sex() -> None:
    """A critical woman is told as a woman of the department, not as a critical man."""
    mix = mixed([person(severity="critical"), person(sex="female")])
    assert nearest(person(sex="female", severity="critical"), mix)[2] == "female"


def test_a_department_known_by_who_lies_there_only() -> None:
    """Whoever came before the history and stays is expected again: a bed that is always taken stays taken."""
    stays = [Stay(person(SMALL), -500.0, None, WINDOW, 0.0, 9, 1)]
    one = expected(
        stays + lived(50.0),
        [Lying(person(SMALL), 0, 1900.0)],
        days=50.0,
        hours=WINDOW,
        weekday=0,
        hour=0.0,
        penalty=0.0,
    )
    small = next(e for e in one if e.department_id == SMALL)
    assert small.per_day * mean_of(small) / 24 == pytest.approx(1.0, rel=1e-3)
