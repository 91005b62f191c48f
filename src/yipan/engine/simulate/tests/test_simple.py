"""The quick way for the simplest rule gives what the full rules give, where both apply."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from yipan.engine.simulate import Fixed, Lognormal
from yipan.engine.simulate.patients import draw
from yipan.engine.simulate.running import play_out
from yipan.engine.simulate.simple import play_simple
from yipan.engine.simulate.tests.scenarios import SILO, even, option


@pytest.mark.parametrize(
    "more", [{}, {"cleaning": 0.7, "stay": Lognormal(30.0, 0.6)}, {"patience": 0.0, "stay": Fixed(26.0)}]
)
def test_it_lays_everybody_down_at_the_hour_of_the_full_rules(more: dict[str, Any]) -> None:
    """Ward by ward, patient by patient, with cleaning, with loss, with several kinds of stays."""
    scenario = even(options=(option("silo", SILO),), load=0.95, **more)
    patients = draw(scenario, 700.0, seed=5, replication=2)
    run = play_out(scenario, scenario.options[0], patients, 700.0, 6.0)
    for kind, queue in enumerate(play_simple(scenario, 700.0, seed=5, replication=2)):
        mine = patients.kind == kind
        assert np.array_equal(patients.at[mine], queue.at)
        placed = np.where(queue.placed < 700.0, queue.placed, np.nan)
        assert np.allclose(run.fate.placed[mine], placed, equal_nan=True, rtol=0, atol=1e-6)


def test_it_says_where_it_does_not_apply() -> None:
    """Patients who give up after a while are beyond it."""
    with pytest.raises(ValueError, match="simple rule"):
        play_simple(even(patience=3.0), 10.0, seed=1, replication=0)
