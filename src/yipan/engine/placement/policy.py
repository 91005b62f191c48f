"""The policy of a hospital for its bed pool: data that people edit, never code.

Every key, its meaning and its unit: docs/reference/policy.md. A stored policy is the dict of `to_dict`; `from_dict`
reads it back and names every problem at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from yipan.engine.placement.settings import Problem, Setting, choice, choices, flag, number, whole
from yipan.kernel.errors import InvalidInput

VERSION = 1
TIERS = ("own", "intensive", "allied", "similar", "nearest")
SEVERITIES = ("general", "serious", "critical")
NURSING_LEVELS = ("special", "first", "second", "third")
ROOM_KINDS = ("ordinary", "contact", "droplet", "airborne", "protective")
RESERVE_USERS = ("own_emergency", "any_emergency", "critical")
STRATEGIES = ("silo", "tiers", "reserve", "lookahead")
A_WEEK = 7 * 24 * 60


@dataclass(frozen=True)
class Tiers:
    """Whose beds are asked, in which order."""

    order: tuple[str, ...] = choices(TIERS, TIERS)
    own_reach: str = choice("site", ("department", "site", "network"))
    min_similarity: float = number(0.6, 0, 1, "share")


@dataclass(frozen=True)
class SeverityRule:
    """Who may leave the own specialty, and who may use intensive care without being ordered there."""

    shared: tuple[str, ...] = choices(("general",), SEVERITIES)
    intensive_open_to: tuple[str, ...] = choices(("critical",), SEVERITIES)


@dataclass(frozen=True)
class MinutesByUrgency:
    """A limit in minutes for each urgency."""

    emergency: int = whole(0, 0, A_WEEK, "minutes")
    urgent: int = whole(0, 0, A_WEEK, "minutes")
    elective: int = whole(0, 0, A_WEEK, "minutes")


@dataclass(frozen=True)
class FlagByUrgency:
    """Yes or no for each urgency."""

    emergency: bool = flag(True)
    urgent: bool = flag(True)
    elective: bool = flag(True)


@dataclass(frozen=True)
class Times:
    """Holds, turnover, and how far ahead a bed may be reserved."""

    hold_minutes: int = whole(15, 1, 24 * 60, "minutes")
    turnover_minutes: int = whole(30, 0, 24 * 60, "minutes")
    reservation_horizon_hours: int = whole(48, 0, 30 * 24, "hours")
    max_wait_minutes: MinutesByUrgency = field(default_factory=lambda: MinutesByUrgency(120, 720, 1440))


@dataclass(frozen=True)
class Distance:
    """How far from home a bed may be."""

    other_site: FlagByUrgency = field(default_factory=FlagByUrgency)
    max_road_minutes: MinutesByUrgency = field(default_factory=lambda: MinutesByUrgency(30, 60, 120))
    max_walk_minutes: int = whole(20, 0, 240, "minutes")
    unknown_walk_minutes: int = whole(10, 0, 240, "minutes")


@dataclass(frozen=True)
class Reserve:
    """Beds that a ward keeps for its own emergencies."""

    default_beds: int = whole(1, 0, 50, "beds")
    open_to: tuple[str, ...] = choices(("own_emergency", "critical"), RESERVE_USERS)


@dataclass(frozen=True)
class Lookahead:
    """What the strategy `lookahead` counts with: minutes of waiting against bed-hours lost."""

    off_service_penalty: float = number(0.23, 0, 5, "share")
    bed_hour_price: float = number(0.2, 0, 10, "hours")
    pressure: float = number(3.0, 0, 100, "")
    patience_minutes: MinutesByUrgency = field(default_factory=lambda: MinutesByUrgency(360, 1440, 2880))


@dataclass(frozen=True)
class Nursing:
    """Which nurses may care for whom."""

    shared_levels: tuple[str, ...] = choices(("first", "second", "third"), NURSING_LEVELS)
    consult_below: float = number(0.4, 0, 1, "share")
    refuse_below: float = number(0.0, 0, 1, "share")
    max_workload: float = number(1.3, 0.1, 10, "share")


@dataclass(frozen=True)
class IsolationRule:
    """Where a patient of one isolation kind may lie, and whether two with the same pathogen may share."""

    rooms: tuple[str, ...] = choices((), ROOM_KINDS)
    cohort: bool = flag(True)


@dataclass(frozen=True)
class IsolationRules:
    """One rule for each kind of isolation."""

    contact: IsolationRule = field(
        default_factory=lambda: IsolationRule(("ordinary", "contact", "droplet", "airborne"), True)
    )
    droplet: IsolationRule = field(default_factory=lambda: IsolationRule(("ordinary", "droplet", "airborne"), True))
    airborne: IsolationRule = field(default_factory=lambda: IsolationRule(("airborne",), True))
    protective: IsolationRule = field(default_factory=lambda: IsolationRule(("protective",), False))


@dataclass(frozen=True)
class Age:
    """Children lie with children when they leave their own department."""

    child_under: int = whole(14, 0, 21, "years")
    children_room_max: int = whole(18, 0, 30, "years")
    children_together: bool = flag(True)


@dataclass(frozen=True)
class Weights:
    """What counts how much in the score; only the proportions matter."""

    nursing: float = number(30.0, 0, 1000, "points")
    travel: float = number(20.0, 0, 1000, "points")
    tomorrow: float = number(20.0, 0, 1000, "points")
    room: float = number(10.0, 0, 1000, "points")
    wait: float = number(10.0, 0, 1000, "points")
    closeness: float = number(5.0, 0, 1000, "points")
    near_home: float = number(5.0, 0, 1000, "points")


@dataclass(frozen=True)
class RoomCosts:
    """What is lost when a patient takes a bed that others need more, as a share of the room's points."""

    monitor: float = number(0.25, 0, 1, "share")
    ventilator: float = number(0.25, 0, 1, "share")
    level: float = number(0.3, 0, 1, "share")
    isolation: float = number(0.5, 0, 1, "share")
    single: float = number(0.15, 0, 1, "share")
    opens_room: float = number(0.2, 0, 1, "share")
    blocked_bed: float = number(0.15, 0, 1, "share")


@dataclass(frozen=True)
class Score:
    """How beds of one tier are compared."""

    weights: Weights = field(default_factory=Weights)
    room_costs: RoomCosts = field(default_factory=RoomCosts)
    travel_half_minutes: int = whole(10, 1, 240, "minutes")
    home_half_minutes: int = whole(30, 1, 600, "minutes")
    wait_half_minutes: int = whole(120, 1, 1440, "minutes")
    competence_enough: float = number(0.8, 0.01, 1, "share")
    consult_factor: float = number(0.5, 0, 1, "share")


@dataclass(frozen=True)
class Rules:
    """Switches of the hard rules."""

    level: bool = flag(True)
    severity: bool = flag(True)
    isolation: bool = flag(True)
    sex: bool = flag(True)
    age: bool = flag(True)
    equipment: bool = flag(True)
    nursing: bool = flag(True)
    reserve: bool = flag(True)
    distance: bool = flag(True)


@dataclass(frozen=True)
class Policy:
    """The whole policy. `Policy()` is the default for a Chinese general hospital.

    Raises InvalidInput("policy_invalid", problems=[{path, value, code, …}]) when any value is not usable, with every
    problem in the list.
    """

    version: int = whole(VERSION, VERSION, VERSION, "")
    strategy: str = choice("reserve", STRATEGIES)
    tiers: Tiers = field(default_factory=Tiers)
    severity: SeverityRule = field(default_factory=SeverityRule)
    times: Times = field(default_factory=Times)
    distance: Distance = field(default_factory=Distance)
    reserve: Reserve = field(default_factory=Reserve)
    lookahead: Lookahead = field(default_factory=Lookahead)
    nursing: Nursing = field(default_factory=Nursing)
    isolation: IsolationRules = field(default_factory=IsolationRules)
    age: Age = field(default_factory=Age)
    score: Score = field(default_factory=Score)
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        _raise_if_any(list(_unusable(self, "")))
        _raise_if_any(list(_contradictions(self)))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Policy:
        """Read a policy; keys that are missing keep their default.

        Raises InvalidInput("policy_invalid", problems=[…]) naming every unknown key and unusable value.
        """
        if not isinstance(data, Mapping):
            _raise_if_any([{"path": "", "value": data, "code": "policy_not_section"}])
        problems: list[Problem] = []
        with_defaults = _read(_UNCHECKED, data, "", problems)
        _raise_if_any([*problems, *_contradictions(with_defaults)])
        return cls(**{f.name: getattr(with_defaults, f.name) for f in fields(cls)})

    def to_dict(self) -> dict[str, Any]:
        """The policy as plain dicts, lists, strings, numbers and booleans, ready for JSON or TOML."""
        return _plain(self)


@dataclass(frozen=True)
class _UncheckedPolicy(Policy):
    """A policy under construction, so that all problems are found before any is raised."""

    def __post_init__(self) -> None:
        pass


def settings() -> tuple[Setting, ...]:
    """Every setting with its dotted path, default, bounds and unit, in the order of the policy."""
    return tuple(replace(s, path=path) for path, s in _walk(Policy(), ""))


def _walk(section: Any, prefix: str) -> Iterator[tuple[str, Setting]]:
    for f in fields(section):
        value = getattr(section, f.name)
        if is_dataclass(value):
            yield from _walk(value, f"{prefix}{f.name}.")
        else:
            shown = list(value) if isinstance(value, tuple) else value
            yield prefix + f.name, replace(f.metadata["setting"], default=shown)


def _read(section: Any, data: Mapping[str, Any], prefix: str, problems: list[Problem]) -> Any:
    """`section` with the values of `data`; unusable ones are added to `problems`."""
    known = {f.name: f for f in fields(section)}
    new: dict[str, Any] = {}
    for key, value in data.items():
        path = f"{prefix}{key}"
        if key not in known:
            problems.append({"path": path, "value": value, "code": "policy_unknown_key"})
        elif is_dataclass(getattr(section, key)):
            if isinstance(value, Mapping):
                new[key] = _read(getattr(section, key), value, f"{path}.", problems)
            else:
                problems.append({"path": path, "value": value, "code": "policy_not_section"})
        elif problem := known[key].metadata["check"](value):
            problems.append({"path": path, "value": value, **problem})
        else:
            new[key] = tuple(value) if isinstance(value, list) else value
    return replace(section, **new)


def _unusable(section: Any, prefix: str) -> Iterator[Problem]:
    for f in fields(section):
        value, path = getattr(section, f.name), f"{prefix}{f.name}"
        if is_dataclass(value):
            yield from _unusable(value, f"{path}.")
        elif problem := f.metadata["check"](value):
            yield {"path": path, "value": value, **problem}


def _contradictions(policy: Policy) -> Iterator[Problem]:
    """Values that are usable alone but not together."""
    order = policy.tiers.order
    if not order or order[0] != "own":
        yield {"path": "tiers.order", "value": list(order), "code": "policy_own_first"}
    nursing = policy.nursing
    if nursing.refuse_below > nursing.consult_below:
        yield {"path": "nursing.refuse_below", "value": nursing.refuse_below, "code": "policy_refuse_above_consult"}
    weights = policy.score.weights
    if not sum(getattr(weights, f.name) for f in fields(weights)) > 0:
        yield {"path": "score.weights", "value": 0, "code": "policy_no_weight"}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return list(value) if isinstance(value, tuple) else value


def _raise_if_any(problems: list[Problem]) -> None:
    if problems:
        raise InvalidInput("policy_invalid", problems=problems)


_UNCHECKED = _UncheckedPolicy()
