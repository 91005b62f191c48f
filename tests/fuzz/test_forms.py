"""Every address and every form, with odd input, as everybody.

New pages are found by themselves: the resolver tells the addresses, a walk through the pages the forms and fields.
`YIPAN_FUZZ=1000` tries so many examples of each address instead of a few; a case that was found belongs into
`test_found.py` then.
"""

from __future__ import annotations

import os

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz import targets
from tests.fuzz.addresses import every_address
from tests.fuzz.answers import ask
from tests.fuzz.targets import Target
from tests.fuzz.world import World

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("YIPAN_FUZZ", "3"))


def test_odd_input_is_answered_with_a_sentence(world: World) -> None:
    """Never a 500 or a traceback: a declared status, a sentence in the reader's language, refused means unchanged."""
    found = targets.find(world)
    assert {t.address.route for t in found} == {a.route for a in every_address()}
    browsers = {role: world.browser(role) for role in world.roles}
    wrong = [text for target in found for text in tried(target, world, browsers)]
    assert not wrong, "\n".join(wrong)


def tried(target: Target, world: World, browsers: dict[str, Client]) -> list[str]:
    """What is wrong with the answers of one address; examples are its own, the same in each run."""

    @seed(target.seed)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink] if EXAMPLES > 3 else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def examples(data: st.DataObject) -> None:
        role, asked = data.draw(targets.requests(target, world))
        wrong = ask(browsers[role], asked)
        assert not wrong, f"{role}: " + "\n".join(wrong)

    try:
        examples()
    except AssertionError as error:
        return [f"{target}\n  {error}"]
    return []
