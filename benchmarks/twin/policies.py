"""Silo, greedy pooling, fixed reserve and look-ahead: waits and outliers, paired on the same patients."""

from __future__ import annotations

from benchmarks.twin.plain import model, option
from yipan.engine.simulate import Lognormal, Stop, compare

WARM_UP_DAYS = 120.0
SEED = 11
"""Other patients than those on whom the price of a bed-hour was chosen (seed 1)."""
PATIENCE_MINUTES = 1440
"""Everybody is an emergency here, so that a reserve is open to all at home; they may be asked to wait as others are."""


def run(replications: int, load: float, penalty: float, stay_days: float) -> None:
    """Print each policy, and how its waits differ from greedy pooling with the paired interval."""
    price = {"off_service_penalty": penalty, "patience_minutes": {"emergency": PATIENCE_MINUTES}}
    options = (
        option("greedy pooling", strategy="tiers"),
        option("silo", strategy="silo"),
        option("fixed reserve, 2 beds a ward", strategy="reserve", reserve=2),
        option("look-ahead, nobody goes home", strategy="lookahead", reserve=2, **price),
        option("look-ahead, home again", strategy="lookahead", reserve=2, repatriate=True, **price),
        option("fixed reserve, home again", strategy="reserve", reserve=2, repatriate=True),
        option("greedy pooling, home again", strategy="tiers", repatriate=True),
    )
    stay = Lognormal(stay_days * 24, 1.0)
    scenario = model(options, load=load, penalty=penalty, stay=stay, warm_up=WARM_UP_DAYS, review=2.0)
    comparison = compare(scenario, precision=1e-9, seed=SEED, stop=Stop(least=replications, most=replications))
    greedy = comparison.outcomes[0].measures["wait"].mean
    print(f"20 wards x 40 beds, load {load}, penalty {penalty}, stays of {stay_days:g} days, {replications} years\n")
    print("| policy | mean wait, h | 95 % less than | outliers | beds taken | moves a patient | wait against greedy |")
    print("|---|---|---|---|---|---|---|")
    changes = {one.name: one.measures["wait"] for one in comparison.differences}
    for outcome in comparison.outcomes:
        m = outcome.measures
        change = "–"
        if outcome.name in changes:
            paired = changes[outcome.name]
            change = f"{100 * paired.mean / greedy:+.0f} % ± {100 * paired.half_width / greedy:.0f} %"
        cells = (
            f"{m['wait'].mean:.2f} ± {m['wait'].half_width:.2f}",
            f"{m['wait_95'].mean:.1f}",
            f"{100 * m['outliers'].mean:.1f} %",
            f"{100 * m['occupancy'].mean:.1f} %",
            f"{m['moves'].mean:.2f}",
            change,
        )
        print("|", outcome.name, "|", " | ".join(cells), "|", flush=True)
