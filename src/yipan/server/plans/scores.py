"""The table that `yipan forecast evaluate` prints, in Markdown: the methods, then ours by horizon."""

from __future__ import annotations

from yipan.engine.forecast.evaluating import SHARES, Evaluation
from yipan.server.speech import say


def table(found: Evaluation) -> str:
    """Lines to print. The first method is the one that is shown by horizon."""
    heads = [say("forecast_head_method"), "MASE", "WIS", *(f"{share:.0%}" for share in SHARES)]
    lines = [say("forecast_scored", series=found.series, origins=len(found.origins), horizon=found.horizon), ""]
    lines += _heading(heads)
    for name, score in found.scores.items():
        lines.append(_row([name, score.mase, score.wis, *(score.coverage[share] for share in SHARES)]))
    name, first = next(iter(found.scores.items()))
    lines += ["", say("forecast_by_horizon", method=name), ""]
    lines += _heading([say("forecast_head_horizon"), *heads[1:]])
    for ahead in range(found.horizon):
        by_share = [first.coverage_by_horizon[share][ahead] for share in SHARES]
        lines.append(_row([str(ahead + 1), first.mase_by_horizon[ahead], first.wis_by_horizon[ahead], *by_share]))
    return "\n".join(lines) + "\n"


def _heading(cells: list[str]) -> list[str]:
    return ["| " + " | ".join(cells) + " |", "|---" * len(cells) + "|"]


def _row(cells: list[str | float]) -> str:
    return "| " + " | ".join(cell if isinstance(cell, str) else f"{cell:.3f}" for cell in cells) + " |"
