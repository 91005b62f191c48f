"""The solver as a whole: proven optima, the same plan for the same seed, and every way to stop."""

from __future__ import annotations

import json
import threading

import pytest

from yipan.engine.optimise import Point, Stop, solve
from yipan.engine.optimise.ihtc import Ihtc, evaluate
from yipan.engine.optimise.ihtc.tests.cases import DATA, needs_data, small
from yipan.engine.optimise.ihtc.tests.oracle import optimum


@pytest.mark.parametrize("seed", range(6))
def test_small_problems_are_solved_to_the_proven_optimum(seed: int) -> None:
    """CP-SAT proves that nothing is better."""
    problem = Ihtc.read(json.dumps(small(seed, days=3, patients=5, nurses=3)))
    result = solve(problem, Stop(iterations=2_000_000), seed=1, threads=1)
    assert result.feasible
    assert result.cost == optimum(problem.instance)
    assert evaluate(problem.instance, result.solution).cost == result.cost == sum(result.components.values())


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_seed_and_threads_give_the_same_plan(threads: int) -> None:
    """Stopped by iterations, two runs agree to the letter; another seed does not."""
    problem = Ihtc.read(json.dumps(small(5, days=8, patients=30, nurses=8)))
    stop = Stop(iterations=40_000)
    first, second, other = (solve(problem, stop, seed=seed, threads=threads) for seed in (3, 3, 4))
    assert problem.write(first.solution) == problem.write(second.solution)
    assert (first.iterations, first.reason) == (40_000 * threads, "iterations")
    assert problem.write(other.solution) != problem.write(first.solution)


def test_a_search_ends_at_its_target() -> None:
    """A plan that is good enough ends the search long before its time."""
    problem = Ihtc.read(json.dumps(small(2)))
    result = solve(problem, Stop(seconds=600, cost=10**6))
    assert result.reason == "target"
    assert result.feasible


def test_a_search_that_is_called_off_gives_the_best_so_far() -> None:
    """Another thread ends the search; what was found is a plan, and progress was told."""
    problem, cancelled, told = Ihtc.read(json.dumps(small(2))), threading.Event(), []

    def progress(point: Point) -> None:
        told.append(point)
        cancelled.set()

    result = solve(problem, Stop(seconds=600, cancelled=cancelled), threads=2, progress=progress)
    assert result.reason == "cancelled"
    assert told
    assert evaluate(problem.instance, result.solution).cost == result.cost


@needs_data
def test_a_crowded_problem_of_the_competition_is_feasible() -> None:
    """Its 123 mandatory patients all find a place in few moves."""
    problem = Ihtc.read((DATA / "i27.json").read_bytes())
    assert solve(problem, Stop(iterations=1_500_000), threads=1).feasible
