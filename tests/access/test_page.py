"""The written matrix and the walk itself."""

from __future__ import annotations

import pytest

from tests.access import world as worlds
from tests.access.actions import ACTIONS
from tests.access.page import PAGE, text
from tests.access.rules import everybody
from tests.access.test_actions import functions, walk
from yipan.base.access import Actor
from yipan.base.access.models import Grant


def test_the_page_says_what_the_code_does() -> None:
    """`docs/reference/access.md` is up to date; after a change of rights run `python -m tests.access.page`."""
    assert PAGE.read_text(encoding="utf-8") == text()


@pytest.mark.django_db
def test_the_walk_finds_a_hole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were one check forgotten, the walk would say so: here all are, and somebody without a role gets through."""
    world = worlds.build()
    monkeypatch.setattr(Actor, "require", lambda *args, **kwargs: None)
    (nobody,) = (who for who in everybody() if who.name == "without a role")
    name = "lines.beds.actions.closing.close_bed"
    found = {key: function for key, function in functions() if key in ACTIONS}
    monkeypatch.setattr("tests.access.test_actions.ACTIONS", {name: ACTIONS[name]})
    assert list(walk(nobody, world, found)) == [f"{name} needs beds.close@here: done"]


@pytest.mark.django_db
def test_a_write_that_is_taken_back_is_noticed() -> None:
    """The count of written rows grows by any write, and not by reading."""
    from django.db import transaction

    world = worlds.build()
    before = worlds.written()
    list(Grant.objects.all())
    assert worlds.written() == before
    with transaction.atomic():
        Grant.objects.filter(pk=world["grant_id"]).delete()
        transaction.set_rollback(True)
    assert worlds.written() != before
