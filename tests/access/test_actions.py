"""Every action as everybody, below the pages: the same rules, and a refusal that writes nothing."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest

import yipan
from tests.access import world as worlds
from tests.access.actions import ACTIONS, NO_ACTIONS
from tests.access.rules import Somebody, allows, everybody
from tests.access.test_addresses import undone
from yipan.base.access import Actor, limits
from yipan.base.network import relations
from yipan.kernel.errors import NotFound, Refused, YipanError

pytestmark = pytest.mark.django_db

ROOMS = ("yipan.base", "yipan.lines", "yipan.interop", "yipan.planning")
OTHERS = {"tests", "migrations", "pages", "queries", "wire", "joint", "adapters"}
"""Parts without actions: what reads is walked by its address; `wire` and `joint` act for message interfaces
and for other lines through actions."""


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of the rooms that is told who acts, by its dotted name without "yipan."."""
    for module in pkgutil.walk_packages(yipan.__path__, "yipan."):
        if not module.name.startswith(ROOMS) or OTHERS & set(module.name.split(".")):
            continue
        for name, function in inspect.getmembers(import_module(module.name), inspect.isfunction):
            is_own = function.__module__ == module.name and not name.startswith("_")
            if is_own and "actor" in inspect.signature(function).parameters:
                yield f"{module.name.removeprefix('yipan.')}.{name}", function


def test_every_action_has_its_row() -> None:
    """A new function that takes an actor must say which verb it needs, or why it is no action."""
    found = dict(functions())
    assert set(found) == set(ACTIONS) | set(NO_ACTIONS)
    assert not set(ACTIONS) & set(NO_ACTIONS)


def test_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each action refuses exactly those whom its rule does not let in, and then nothing was written."""
    monkeypatch.setattr(limits, "spend", lambda limit, key: None)
    world, found = worlds.build(), dict(functions())
    world.ids["ward_rows"] = [{"code": world["ward"].code, "floor": "9"}]
    world.ids["relation"] = relations.Relation("competences", world["ward"].code, [])
    wrong: list[str] = []
    for who in everybody():
        with undone():
            wrong += [f"{who.name}: {problem}" for problem in walk(who, world, found)]
    assert not wrong, "\n" + "\n".join(wrong)


def walk(who: Somebody, world: worlds.World, found: dict[str, Callable[..., Any]]) -> Iterator[str]:
    actor, before = world.actor(who), worlds.written()
    for name, wanted in ACTIONS.items():
        with undone():
            outcome = attempt(found[name], actor, wanted.arguments, world)
        after = worlds.written()
        if outcome == "refused" and after != before:
            yield f"{name} was refused and wrote"
        before = after
        if (outcome == "refused") == allows(wanted.rule, who):
            yield f"{name} needs {wanted.rule}: {outcome}"


def attempt(action: Callable[..., Any], actor: Actor, arguments: dict[str, Any], world: worlds.World) -> str:
    """What came of it: "done", "refused" (also: "there is no such thing for you"), or the code of another error."""
    try:
        action(actor=actor, **{k: filled(v, world) for k, v in arguments.items()})
    except (Refused, NotFound):
        return "refused"
    except YipanError as error:
        return error.code
    return "done"


def filled(value: Any, world: worlds.World) -> Any:
    return world[value[1:]] if isinstance(value, str) and value.startswith("$") else value
