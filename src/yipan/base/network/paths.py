"""Materialised paths of the tree of organisations."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Protocol, TypeVar

from yipan.kernel.errors import InvalidInput


class Node(Protocol):
    """What `arrange` needs of an organisation."""

    code: str
    path: str

    @property
    def pk(self) -> Any: ...

    @property
    def parent_id(self) -> Any: ...


T = TypeVar("T", bound=Node)


def arrange(nodes: Sequence[T]) -> list[T]:
    """Give every node the path of its parent plus its own number, and return the nodes whose path has changed.

    `nodes` is the whole tree. A number is unique in the tree and stays with its node when it moves, so a path never
    collides with one that is about to change. Raises InvalidInput for a cycle or a parent outside `nodes`.
    """
    by_key: dict[Hashable, T] = {node.pk: node for node in nodes}
    numbers = {node.pk: int(node.path.rstrip(".").rpartition(".")[2]) for node in nodes if node.path}
    fresh = max(numbers.values(), default=0)
    for node in nodes:
        if node.pk not in numbers:
            fresh += 1
            numbers[node.pk] = fresh
    changed = []
    for node in nodes:
        path = "".join(f"{numbers[key]:04d}." for key in reversed(_ancestry(node, by_key)))
        if node.path != path:
            node.path = path
            changed.append(node)
    return changed


def _ancestry(node: Node, by_key: dict[Hashable, Any]) -> list[Hashable]:
    """Keys from the node up to its root."""
    keys: list[Hashable] = [node.pk]
    while node.parent_id is not None:
        if node.parent_id not in by_key:
            raise InvalidInput("network_parent_unknown", organisation=node.code)
        if node.parent_id in keys:
            raise InvalidInput("network_cycle", organisation=node.code)
        node = by_key[node.parent_id]
        keys.append(node.pk)
    return keys
