"""The functions that write an entry: of an act, and of a look at a list."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from yipan.base import unit
from yipan.kernel import clock


class SomeActor(Protocol):
    """What an entry needs to know of the actor. `access.Actor` is one; this room knows no other room."""

    @property
    def user_id(self) -> int | None: ...

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...


_address: ContextVar[str | None] = ContextVar("yipan_request_address", default=None)


@contextmanager
def from_address(address: str | None) -> Iterator[None]:
    """Entries written inside the block carry this network address; what is no IP address is left out."""
    try:
        known = str(ipaddress.ip_address(address)) if address else None
    except ValueError:
        known = None
    token = _address.set(known)
    try:
        yield
    finally:
        _address.reset(token)


def current_address() -> str | None:
    """The network address of the request being answered, if any."""
    return _address.get()


_within: list[Callable[[], AbstractContextManager[Any]]] = [nullcontext]


def write_within(block: Callable[[], AbstractContextManager[Any]]) -> None:
    """Write every entry inside `with block():` from here on: a room above knows what a person's statements may do."""
    _within[0] = block


def record(
    actor: SomeActor,
    action: str,
    object_type: str,
    object_id: object,
    *,
    patient_id: UUID | None = None,
    path: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Append one entry in the caller's transaction: an act that is rolled back leaves no entry.

    `action` is a stable code such as "patient.read"; `path` the organisation's path where one applies; `data` plain
    JSON values (names of changed fields, old and new values, a reason).
    """
    from yipan.base.audit.models import Entry  # models load after the apps that import this package

    entry = Entry(
        at=clock.now(),
        actor_kind=actor.kind,
        actor_user_id=actor.user_id,
        actor_name=actor.name[:120],
        action=action,
        object_type=object_type,
        object_id=str(object_id),
        patient_id=patient_id,
        organisation_path=path,
        data=data or {},
        address=current_address(),
    )
    with _within[0]():
        unit.insert([entry])


LIST = "list"
SAME_LOOK = timedelta(minutes=15)
"""A list that somebody keeps open, refreshed live or read page by page, is one look for so long."""


def record_list(actor: SomeActor, kind: str, scope: object = "", *, count: int, path: str = "") -> None:
    """Append an entry "list.read": so many identifiable patients of a list were shown to somebody.

    `kind` is a stable code of the list, `scope` what it was cut to (a ward's code). No entry for an empty list, nor for
    the same list within `SAME_LOOK`.
    """
    from yipan.base.audit.models import Entry

    if not count:
        return
    name = f"{kind} {scope}".strip()[:64]
    with _within[0]():
        same = Entry.objects.filter(
            object_type=LIST, object_id=name, actor_user_id=actor.user_id, actor_name=actor.name
        )
        if same.filter(at__gt=clock.now() - SAME_LOOK).exists():
            return
    record(actor, "list.read", LIST, name, path=path, data={"count": count})
