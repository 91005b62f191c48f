"""A search and the person who waits for it: cost and time left while it runs, Ctrl-C for the best found until now."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from yipan.engine.optimise import Point, Problem, Result, Stop, solve
from yipan.server.speech import say

LOOK_SECONDS = 0.2
LINE_SECONDS = 5.0
SIGNALS = (signal.SIGINT, signal.SIGTERM)

Solution = TypeVar("Solution")


def search(problem: Problem[Solution], stop: Stop, *, seed: int, threads: int) -> Result[Solution]:
    """`solve` in a thread of its own, so that this one draws and hears signals while compiled code runs.

    A first Ctrl-C or SIGTERM sets `stop.cancelled`; a second one ends the process as usual. What the search raises is
    raised here.
    """
    outcome: list[Result[Solution]] = []
    failure: list[BaseException] = []
    view = _View(stop)

    def work() -> None:
        try:
            outcome.append(solve(problem, stop, seed=seed, threads=threads, progress=view.hear))
        except BaseException as error:  # handed over to the thread that waits
            failure.append(error)

    worker = threading.Thread(target=work, name="search", daemon=True)
    with _stopping(stop), view:
        worker.start()
        while worker.is_alive():
            worker.join(LOOK_SECONDS)
            view.draw()
    if failure:
        raise failure[0]
    return outcome[0]


@contextmanager
def _stopping(stop: Stop) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def cancel(number: int, frame: FrameType | None) -> None:
        stop.cancelled.set()
        for each in SIGNALS:
            signal.signal(each, before[each])

    for number in SIGNALS:
        signal.signal(number, cancel)
    try:
        yield
    finally:
        for number in SIGNALS:
            signal.signal(number, before[number])


class _View:
    """A moving line on a terminal, else a line now and then; all on standard error, for the result is on the other."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._point: Point | None = None
        self._heard = 0.0
        self._said: Point | None = None
        self._said_at = 0.0
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._bar = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), console=self._console, transient=True
        )
        self._task = self._bar.add_task(say("plan_preparing"), total=None)

    def __enter__(self) -> _View:
        if self._console.is_terminal:
            self._bar.start()
        else:
            self._console.print(say("plan_preparing"), markup=False)
        return self

    def __exit__(self, *_: Any) -> None:
        self._bar.stop()

    def hear(self, point: Point) -> None:
        """Called by the search, from its thread."""
        self._heard = time.monotonic()
        self._point = point

    def draw(self) -> None:
        """Show where the search is; the clock runs from its first point on, when everything is compiled."""
        point = self._point
        if point is None:
            return
        done, total = self._progress(point)
        if self._console.is_terminal:
            self._bar.update(self._task, description=self._text(point, done, total), completed=done, total=total)
            return
        now = time.monotonic()
        if point is not self._said and now - self._said_at >= LINE_SECONDS:
            self._console.print(self._text(point, done, total), markup=False)
            self._said, self._said_at = point, now

    def _progress(self, point: Point) -> tuple[float, float]:
        if self._stop.seconds is not None:
            return point.seconds + time.monotonic() - self._heard, self._stop.seconds
        return point.iterations, self._stop.iterations or 1

    def _text(self, point: Point, done: float, total: float) -> str:
        cost = f"{point.cost:.1f}" if point.feasible else say("plan_not_yet_feasible")
        if self._stop.cancelled.is_set():
            return say("plan_stopping", cost=cost)
        if self._stop.seconds is None:
            return say("plan_progress_moves", cost=cost, done=f"{done:.0f}", total=f"{total:.0f}")
        return say("plan_progress", cost=cost, left=f"{max(0.0, total - done):.0f}")
