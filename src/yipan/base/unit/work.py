"""The unit itself: rows kept back, and statements that make it write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Model

from yipan.base.unit import rows

F = TypeVar("F")
_current: ContextVar[Unit | None] = ContextVar("yipan_unit", default=None)


class Unit:
    """Rows to be written and facts read, of one transaction. An execute wrapper of Django: it sees every statement."""

    def __init__(self) -> None:
        self.facts: dict[type, Any] = {}
        self._new: dict[tuple[type[Model], bool], list[Model]] = {}
        self._changed: dict[int, tuple[Model, set[str]]] = {}
        self._later: dict[Callable[[list[Any]], None], list[Any]] = {}
        self._writing = False
        self.steps = 0
        """How often something was written or was to be: equal numbers mean that nothing happened in between."""
        self.forgotten = 0
        """How often everything that was known became uncertain."""

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        if self._writing:
            return execute(sql, params, many, context)
        match str(sql).split(None, 1)[0].upper():
            case "ROLLBACK":
                self.drop()
            case "SELECT" | "SAVEPOINT" | "RELEASE":
                self.flush()
            case _:
                self.flush()
                self.steps += 1
                self.forget()
        return execute(sql, params, many, context)

    def insert(self, new: Sequence[Model], ignore_conflicts: bool) -> None:
        if new:
            self._new.setdefault((type(new[0]), ignore_conflicts), []).extend(new)
            self.steps += 1

    def update(self, row: Model, names: Sequence[str]) -> None:
        if row._state.adding:  # to be written anyway, as it is in the end
            return
        self._changed.setdefault(id(row), (row, set()))[1].update(names)
        self.steps += 1

    def later(self, function: Callable[[list[Any]], None], items: Sequence[Any]) -> None:
        self._later.setdefault(function, []).extend(items)
        self.steps += 1

    def flush(self) -> None:
        """Write what was kept back: changes first, so that a place is free before somebody else is in it."""
        self._writing = True
        try:
            while self._new or self._changed or self._later:
                self._write()
        finally:
            self._writing = False

    def _write(self) -> None:
        changed, new, later = self._changed, self._new, self._later
        self._changed, self._new, self._later = {}, {}, {}
        for names, group in _grouped(changed.values()):
            rows.change(group, names)
        for (_, ignore), group in sorted(new.items(), key=lambda item: rows.depth(item[0][0])):
            rows.insert(group, ignore_conflicts=ignore)
        for function, items in later.items():
            function(items)

    def drop(self) -> None:
        """Forget what was kept back and what was known: the transaction, or its latest part, is undone."""
        self._new, self._changed, self._later = {}, {}, {}
        self.forget()
        self.steps += 1

    def forget(self) -> None:
        """Nothing that was read is certain any more."""
        self.facts.clear()
        self.forgotten += 1


def _grouped(changed: Any) -> list[tuple[tuple[str, ...], list[Model]]]:
    """By table and fields. Rows whose `gives_up` is true are written before those that may want what they had."""
    groups: dict[tuple[type[Model], tuple[str, ...], bool], list[Model]] = {}
    for row, names in changed:
        wants = not getattr(row, "gives_up", True)
        groups.setdefault((type(row), tuple(sorted(names)), wants), []).append(row)
    return [(names, group) for (_, names, wants), group in sorted(groups.items(), key=lambda item: item[0][2])]


def current() -> Unit | None:
    """The unit that is open, if any."""
    return _current.get()


@contextmanager
def together() -> Iterator[Unit]:
    """A unit until the block ends, inside the caller's transaction; one that is open already goes on."""
    if (opened := current()) is not None:
        yield opened
        return
    unit = Unit()
    token = _current.set(unit)
    try:
        with connection.execute_wrapper(unit):
            yield unit
            unit.flush()
    finally:
        _current.reset(token)


@contextmanager
def atomic() -> Iterator[None]:
    """A transaction for one verb; inside a unit that of the unit, which is undone as a whole."""
    if current() is not None:
        yield
        return
    with transaction.atomic():
        yield


def insert(new: Sequence[Model], *, ignore_conflicts: bool = False) -> None:
    """Write new rows of one model, now or with the unit. Numbers that the database gives are not told."""
    if (unit := current()) is not None:
        unit.insert(new, ignore_conflicts)
    elif new:
        rows.insert(new, ignore_conflicts=ignore_conflicts)


def update(row: Model, *names: str) -> None:
    """Write the named fields of a row, now or with the unit."""
    if (unit := current()) is not None:
        unit.update(row, names)
    else:
        rows.change([row], names)


def later(function: Callable[[list[Any]], None], *items: Any) -> None:
    """Call a function with these items, now, or once with all that it is asked for, after the rows of the unit."""
    if (unit := current()) is not None:
        unit.later(function, items)
    else:
        function(list(items))


def facts(kind: type[F]) -> F:
    """What is known of one kind, `kind()` in the beginning: that of the unit, or a new one for this question."""
    unit = current()
    if unit is None:
        return kind()
    found: F | None = unit.facts.get(kind)
    if found is None:
        found = unit.facts[kind] = kind()
    return found


def forget(kind: type | None = None) -> None:
    """Whoever changed rows behind the facts' back says so; of one kind only where nothing else can be concerned."""
    if (unit := current()) is not None:
        if kind is None:
            unit.forget()
        else:
            unit.facts.pop(kind, None)
