"""What a person at the terminal sees while Yipan starts: a moving line, or plain lines when nobody watches."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from yipan.server.speech import say

WORTH_TELLING_SECONDS = 1.0


class Show:
    """Steps one after another, each with how long it took."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)

    def line(self, text: str) -> None:
        """A line that stays."""
        self._console.print(text, markup=False)

    def note(self, code: str) -> None:
        """A sentence by its code, said in the middle of a step."""
        self.line("  " + say(code))

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Show that `text` is going on. When it fails the line stays, so that one sees where it stopped."""
        began = time.monotonic()
        if self._console.is_terminal:
            with self._console.status(text):
                yield
            self.line(f"✓ {text}{self._duration(began)}")
        else:
            self.line(text)
            yield
            if duration := self._duration(began):
                self.line("  " + duration.strip())

    def _duration(self, began: float) -> str:
        seconds = time.monotonic() - began
        return "" if seconds < WORTH_TELLING_SECONDS else "  " + say("step_done", seconds=f"{seconds:.0f}")


class Counter:
    """Progress of something that is counted, as the loader of the demo network calls it."""

    def __init__(self, *, stderr: bool = False) -> None:
        self._console = Console(stderr=stderr, highlight=False, soft_wrap=True)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
        )
        self._task = self._bar.add_task("", total=None)
        self._said = ""

    def __enter__(self) -> Counter:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._bar.stop()

    def __call__(self, text: str, done: int = 0, total: int | None = None) -> None:
        """`done` of `total` parts of what `text` names are ready; without a total it is a step of unknown length."""
        if self._console.is_terminal:
            self._bar.update(self._task, description=str(text), completed=done, total=total)
        elif text != self._said:
            self._console.print(f"  {text}", markup=False)
        self._said = text
