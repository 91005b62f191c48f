"""Paths of the tree: a subtree is a prefix, and stays one when organisations move."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.base.network.paths import arrange
from yipan.kernel.errors import InvalidInput


@dataclass
class Node:
    code: str
    parent_id: str | None = None
    path: str = ""

    @property
    def pk(self) -> str:
        return self.code


def test_children_stand_below_their_parents():
    """Numbers are given in order, parents' paths lead those of their children, even when the child comes first."""
    nodes = [Node("child", "root"), Node("root"), Node("grandchild", "child")]
    assert arrange(nodes) == nodes
    assert [n.path for n in nodes] == ["0002.0001.", "0002.", "0002.0001.0003."]
    assert arrange(nodes) == []


def test_a_move_takes_the_subtree_along():
    """Only the moved organisation and those below it change."""
    a, b, c = Node("a"), Node("b"), Node("c", "a")
    arrange([a, b, c])
    a.parent_id = "b"
    assert arrange([a, b, c]) == [a, c]
    assert (a.path, c.path) == ("0002.0001.", "0002.0001.0003.")


@pytest.mark.parametrize(
    ("nodes", "code"),
    [
        ([Node("a", "b"), Node("b", "a")], "network_cycle"),
        ([Node("a", "a")], "network_cycle"),
        ([Node("a", "nobody")], "network_parent_unknown"),
    ],
)
def test_what_is_no_tree_is_refused(nodes, code):
    """A cycle or an unknown parent raises and gives no path."""
    with pytest.raises(InvalidInput) as refused:
        arrange(nodes)
    assert refused.value.code == code
    assert not any(n.path for n in nodes if n.code == nodes[0].code)


@given(
    st.lists(st.integers(-1, 30), min_size=1, max_size=30), st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)))
)
def test_descendants_are_exactly_the_longer_paths(parents, moves):
    """After any sequence of legal moves paths are unique and "starts with" means "is below"."""
    nodes = [Node(str(i), str(p) if 0 <= p < i else None) for i, p in enumerate(parents)]
    arrange(nodes)
    for child, parent in moves:
        if child < len(nodes) and parent < len(nodes) and not nodes[parent].path.startswith(nodes[child].path):
            nodes[child].parent_id = str(parent)
            arrange(nodes)
    assert len({n.path for n in nodes}) == len(nodes)
    by_code = {n.code: n for n in nodes}
    for node in nodes:
        above, up = {node.code}, node
        while up.parent_id is not None:
            up = by_code[up.parent_id]
            above.add(up.code)
        assert {n.code for n in nodes if node.path.startswith(n.path)} == above
