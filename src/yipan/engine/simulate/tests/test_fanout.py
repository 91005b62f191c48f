"""Replications on several workers give what one process gives."""

from __future__ import annotations

import pytest

from yipan.engine.simulate import Comparison, Stop, compare
from yipan.engine.simulate.fanout import Cluster
from yipan.engine.simulate.tests.scenarios import even
from yipan.kernel.errors import Unavailable

distributed = pytest.importorskip("distributed", reason="needs distributed: pip install 'yipan[cluster]'")


def told(comparison: Comparison) -> list[object]:
    return [comparison.replications, comparison.reason, *(outcome.samples for outcome in comparison.outcomes)]


def test_two_workers_of_a_cluster_tell_the_same() -> None:
    """The same sweep on a local Dask cluster of two workers: every sample of every policy is the same."""
    scenario, stop = even(days=10, warm_up=2.0), Stop(least=2, most=5)
    alone = compare(scenario, precision=0.5, stop=stop)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        with Cluster(cluster.scheduler_address) as pool:
            assert pool.width == 4
            assert told(compare(scenario, precision=0.5, stop=stop, pool=pool)) == told(alone)


def test_a_scheduler_that_is_not_there_is_told() -> None:
    """An address nobody listens at is an error with that address."""
    with pytest.raises(Unavailable) as caught:
        Cluster("nowhere")
    assert caught.value.params["address"] == "nowhere"
