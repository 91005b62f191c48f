"""Verbs and roles."""

from __future__ import annotations

import pytest

from yipan.base.access import Role, matrix


@pytest.fixture(autouse=True)
def _own_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "_verbs", dict(matrix._verbs))


def test_undeclared_verb_is_a_mistake() -> None:
    """A misspelt verb fails loudly instead of refusing silently."""
    with pytest.raises(matrix.UndeclaredVerb, match=r"beds\.hodl"):
        matrix.roles_of("beds.hodl")


def test_same_declaration_twice() -> None:
    """Declaring again is harmless, declaring otherwise is a mistake."""
    matrix.declare("tea.make", {Role.DOCTOR})
    matrix.declare("tea.make", {Role.DOCTOR})
    with pytest.raises(ValueError, match=r"tea\.make"):
        matrix.declare("tea.make", {Role.MANAGER})
    with pytest.raises(ValueError, match=r"tea\.make"):
        matrix.declare("tea.make", {Role.DOCTOR}, by_ward=True)
    assert matrix.roles_of("tea.make") == {Role.DOCTOR}


def test_verbs_are_listed_once_in_order() -> None:
    """The list for the documentation is sorted and has no verb twice."""
    codes = [verb.code for verb in matrix.verbs()]
    assert codes == sorted(set(codes))
    assert {"patients.view", "patients.merge", "users.edit", "network.edit"} <= set(codes)


def test_roles_that_do_not_exist_cannot_be_declared() -> None:
    """A role is one of the known ones."""
    with pytest.raises(ValueError, match="cook"):
        matrix.declare("tea.make", {"cook"})  # type: ignore[arg-type]
