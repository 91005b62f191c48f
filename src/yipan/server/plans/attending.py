"""Long work and the person who waits for it: a line that moves while it runs, Ctrl-C for what is there until now."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

LOOK_SECONDS = 0.2
LINE_SECONDS = 5.0
SIGNALS = (signal.SIGINT, signal.SIGTERM)

Made = TypeVar("Made")


@dataclass(frozen=True)
class Look:
    """How far the work is, in words and as a share of `total`."""

    text: str
    done: float
    total: float


def attend(
    work: Callable[[], Made], *, cancelled: threading.Event, preparing: str, look: Callable[[], Look | None]
) -> Made:
    """What `work` returns; it runs in a thread of its own, so that this one draws and hears signals meanwhile.

    A first Ctrl-C or SIGTERM sets `cancelled`; a second one ends the process as usual. `look` says how far the work is,
    None while it is being prepared. What the work raises is raised here.
    """
    outcome: list[Made] = []
    failure: list[BaseException] = []
    view = _View(preparing, look)

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:  # handed over to the thread that waits
            failure.append(error)

    worker = threading.Thread(target=run, name="work", daemon=True)
    with _stopping(cancelled), _aside(), view:
        worker.start()
        while worker.is_alive():
            worker.join(LOOK_SECONDS)
            view.draw()
    if failure:
        raise failure[0]
    return outcome[0]


@contextmanager
def _stopping(cancelled: threading.Event) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def cancel(number: int, frame: FrameType | None) -> None:
        cancelled.set()
        for each in SIGNALS:
            signal.signal(each, before[each])

    for number in SIGNALS:
        signal.signal(number, cancel)
    try:
        yield
    finally:
        for number in SIGNALS:
            signal.signal(number, before[number])


@contextmanager
def _aside() -> Iterator[None]:
    """What compiled libraries print goes to standard error; the other one is for the result."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


class _View:
    """A moving line on a terminal, else a line now and then; all on standard error, for the result is on the other."""

    def __init__(self, preparing: str, look: Callable[[], Look | None]) -> None:
        self._preparing, self._look = preparing, look
        self._said = ""
        self._said_at = 0.0
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._bar = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), console=self._console, transient=True
        )
        self._task = self._bar.add_task(preparing, total=None)

    def __enter__(self) -> _View:
        if self._console.is_terminal:
            self._bar.start()
        else:
            self._console.print(self._preparing, markup=False)
        return self

    def __exit__(self, *_: Any) -> None:
        self._bar.stop()

    def draw(self) -> None:
        """Show how far the work is."""
        look = self._look()
        if look is None:
            return
        if self._console.is_terminal:
            self._bar.update(self._task, description=look.text, completed=look.done, total=look.total)
            return
        now = time.monotonic()
        if look.text != self._said and now - self._said_at >= LINE_SECONDS:
            self._console.print(look.text, markup=False)
            self._said, self._said_at = look.text, now
