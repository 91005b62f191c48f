"""What every planning problem has in common: when to stop, what is told on the way, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Generic, Literal, Protocol, TypeVar

Solution = TypeVar("Solution")

Reason = Literal["time", "iterations", "target", "optimal", "cancelled"]


@dataclass(frozen=True, kw_only=True)
class Stop:
    """When a search ends: at whichever of the limits is reached first; at least one must be given.

    `seconds` of wall time; `iterations` (moves tried by each thread; the same seed and number of threads then give the
    same result); `cost` at or below which nobody looks further; `cancelled`, set by another thread: the best is kept.
    """

    seconds: float | None = None
    iterations: int | None = None
    cost: float | None = None
    cancelled: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        if self.seconds is None and self.iterations is None:
            raise ValueError("A search needs an end: give seconds or iterations.")


@dataclass(frozen=True, kw_only=True)
class Point:
    """One point of a search's trace: after how long which cost was the best."""

    seconds: float
    iterations: int
    cost: float
    feasible: bool


@dataclass(frozen=True, kw_only=True)
class Result(Generic[Solution]):
    """The best that was found. `components` sum to `cost`, weights applied; `violations` counts broken hard rules."""

    solution: Solution
    cost: float
    components: Mapping[str, float]
    violations: Mapping[str, int]
    bound: float | None
    trace: tuple[Point, ...]
    reason: Reason
    iterations: int
    seconds: float

    @property
    def feasible(self) -> bool:
        """Whether every hard rule holds."""
        return not any(self.violations.values())

    @property
    def gap(self) -> float | None:
        """(cost − bound) / cost, 0 when the cost is 0, or None without a bound."""
        if self.bound is None:
            return None
        return (self.cost - self.bound) / self.cost if self.cost else 0.0


class Problem(Protocol[Solution]):
    """A read and validated instance that knows how to be searched."""

    def search(self, stop: Stop, *, seed: int, threads: int, progress: Callable[[Point], None]) -> Result[Solution]:
        """Search until `stop`; call `progress` now and then, from the calling thread."""
        ...


def solve(
    problem: Problem[Solution],
    stop: Stop,
    *,
    seed: int = 1,
    threads: int = 1,
    progress: Callable[[Point], None] = lambda point: None,
) -> Result[Solution]:
    """Look for the plan of least cost. The best is returned at every end; `Result.reason` says which end it was."""
    if threads < 1:
        raise ValueError("A search needs at least one thread.")
    return problem.search(stop, seed=seed, threads=threads, progress=progress)
