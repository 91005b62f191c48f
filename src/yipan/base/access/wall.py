"""The second wall: PostgreSQL itself shows a person only the rows that the access matrix opens (`docs/adr/0006`).

Statements of a person's request run as a role that does not own the tables, so that their policies hold (`persons.py`,
`policies.py`). What the policies compare with is the reach of the actor, told with each transaction and forgotten
with it: connections may be shared, also by a pooler in transaction mode. Every transaction begins and ends where the
page's code says, as it would without the wall; there is none around the request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import connection
from psycopg.errors import OperationalError, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

from yipan.base.access import matrix
from yipan.base.access.actor import Actor, roots
from yipan.base.access.persons import FINDER, OVERSEER, OVERSEER_FINDER, PERSON
from yipan.base.network.models import Organisation


def reach(actor: Actor) -> dict[str, tuple[str, ...]]:
    """Kind of rows → roots of the organisations in which the matrix opens them to the actor; () means nowhere."""
    return dict(_reach(actor, matrix.verbs()))


@lru_cache(maxsize=1024)
def _reach(actor: Actor, verbs: tuple[matrix.Verb, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Kept, because every request asks: it follows from the grants and the matrix alone."""
    return tuple(
        (realm, roots(p for v in verbs if v.opens == realm for p in actor.paths(v.code))) for realm in matrix.REALMS
    )


def raising(actor: Actor) -> str:
    """The statement that puts the rest of the running transaction behind the wall. May ask the database."""
    opened = reach(actor)
    finds, oversees = bool(opened.pop(matrix.IDENTITIES)), _everywhere(opened[matrix.CARE])
    role = (OVERSEER_FINDER if oversees else FINDER) if finds else (OVERSEER if oversees else PERSON)
    told = {"role": role} | {f"yipan.{realm}": _patterns(paths) for realm, paths in opened.items()}
    return "SELECT " + ", ".join(f"set_config('{name}', '{value}', true)" for name, value in told.items())


def _everywhere(paths: tuple[str, ...]) -> bool:
    """Whether no organisation lies outside these subtrees."""
    if not any(path.count(".") <= 1 for path in paths):
        return False
    every = Organisation.objects.filter(parent=None).values_list("path", flat=True)
    return all(path.startswith(paths) for path in every)


def _patterns(paths: Iterable[str]) -> str:
    """An array of patterns for LIKE, as PostgreSQL writes it: {0001.0003.%}."""
    found = list(paths)
    if not all(path.replace(".", "").isdecimal() or not path for path in found):
        raise ValueError("the path of an organisation has digits and dots only")
    return "{" + ",".join(path + "%" for path in found) + "}"


class Wall:
    """Puts every statement of one thread's connection behind the wall, as long as `standing` lasts.

    An execute wrapper of Django. `actor` is asked once, before the first statement; what that asks of the database is
    answered in front of the wall.
    """

    def __init__(self, actor: Callable[[], Actor]) -> None:
        self._actor = actor
        self._raise: str | None = None
        self._open = 0
        self._up = False
        self._told = False
        # `up`: the open transaction is behind the wall for certain; `told`: it was put there at some time.

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Hold the wall up for a block. A transaction that goes on after it is as it was before."""
        with connection.execute_wrapper(self):
            try:
                yield
            finally:
                self._lower()

    def around(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The chunks of a streamed answer, each made behind the wall."""
        steps = iter(chunks)
        while True:
            with self.standing():
                try:
                    chunk = next(steps)
                except StopIteration:
                    return
            yield chunk

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Let the block's statements through; see `passage`."""
        if self._open == 0:
            self._lower()
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1
            # After an error nothing can be told; what rolls it back also brings the role back.
            if self._open == 0 and self._raise is not None and _status() is TransactionStatus.INTRANS:
                self._put_up()

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if self._open:
            return execute(sql, params, many, context)
        if self._raise is None:
            self._ask()
        match _status():
            case TransactionStatus.IDLE if connection.get_autocommit():
                return self._alone(execute, sql, params, many, context)
            case TransactionStatus.IDLE:
                self._put_up("BEGIN; ")
            case TransactionStatus.INTRANS if not self._up:
                self._put_up()
        if isinstance(sql, str) and sql.startswith("ROLLBACK TO"):
            self._up = False  # the role is again what it was then: tell it anew
        return execute(sql, params, many, context)

    def _ask(self) -> None:
        self._open += 1
        try:
            self._raise = raising(self._actor())
        finally:
            self._open -= 1

    def _alone(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """One statement outside any transaction: in one of its own, since the reach lasts for a transaction.

        Two statements sent at once are a transaction to PostgreSQL, and cost no second way to it and back.
        """
        cursor = context["cursor"].cursor
        if many or not isinstance(sql, str) or hasattr(cursor, "scrollable"):  # a cursor that stays on the server
            return self._bracketed(execute, sql, params, many, context)
        assert self._raise is not None
        before = self._raise if params is None else self._raise.replace("%", "%%")
        answer = execute(f"{before}; {sql}", params, many, context)
        cursor.nextset()
        return answer

    def _bracketed(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        self._put_up("BEGIN; ")
        try:
            answer = execute(sql, params, many, context)
        except BaseException:
            if _status() in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
                _tell("ROLLBACK")
            raise
        _tell("COMMIT")
        return answer

    def _put_up(self, before: str = "") -> None:
        assert self._raise is not None
        _tell(before + self._raise)
        self._up = self._told = True

    def _lower(self) -> None:
        """Give an open transaction its own rights back; one that has ended took the role with it."""
        if self._told and _status() is TransactionStatus.INTRANS:
            _tell("SELECT set_config('role', 'none', true)")
        self._up = self._told = False


@contextmanager
def passage(name: str) -> Iterator[None]:
    """Let a block, or a decorated function, see and change rows of the whole network.

    For what the product does for everybody's sake whoever clicks; each passage is declared in the matrix with its
    reason. Raises UndeclaredPassage.
    """
    matrix.passage(name)
    wall = next((w for w in connection.execute_wrappers if isinstance(w, Wall)), None)
    if wall is None:
        yield
        return
    with wall.opened():
        yield


def _status() -> TransactionStatus:
    raw = connection.connection
    return TransactionStatus.UNKNOWN if raw is None else TransactionStatus(raw.pgconn.transaction_status)


def _tell(sql: str) -> None:
    """Send a statement of the wall's own at once; what PostgreSQL refuses is raised as Django's error."""
    with connection.wrap_database_errors:
        pgconn = connection.connection.pgconn
        result = pgconn.exec_(sql.encode("ascii"))
        if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            if pgconn.status == ConnStatus.BAD:  # nobody was left to give the error a code
                raise OperationalError(pgconn.get_error_message())
            raise error_from_result(result)
