"""`python -m benchmarks.trust [--beds 20000] [--only ranking,board]`: one table; about ten minutes on two cores."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from benchmarks.trust.processes import database
from benchmarks.trust.report import Report

PARTS = ("stack", "ahead", "ranking", "board", "bookings", "messages", "live", "year")
STAYS_OF_A_YEAR = 14  # 20,000 beds with 14 stays and 7 events each: 280,000 bookings, 2 million events


@click.command()
@click.option("--beds", default=20_000, show_default=True)
@click.option("--rounds", default=100, show_default=True, help="Repetitions of what takes milliseconds.")
@click.option("--only", default="", help=f"Some of {', '.join(PARTS)}.")
def main(beds: int, rounds: int, only: str) -> None:
    """Measure, and print each figure beside its goal."""
    wanted = only.split(",") if only else list(PARTS)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="yipan-bench-") as directory:
        Path(directory).chmod(0o755)
        if "stack" in wanted:
            from benchmarks.trust import stack

            stack.measure(report, Path(directory))
        if set(wanted) - {"stack"}:
            with database(Path(directory)):
                _on_a_database(report, beds, rounds, wanted)
    report.print()


def _on_a_database(report: Report, beds: int, rounds: int, wanted: list[str]) -> None:
    """What needs Django, which is set up by now."""
    from benchmarks.trust import ahead, bookings, live, messages, pages, ranking
    from benchmarks.trust.world import World

    world = World(beds=beds)
    world.build()
    if "ahead" in wanted:
        world.ask(400)
        ahead.measure(report, rounds)
    if not set(wanted) - {"stack", "ahead"}:
        return
    world.ask(4000)
    if "ranking" in wanted:
        ranking.measure(report, rounds)
    if "board" in wanted:
        pages.measure(report, rounds // 4)
    if "live" in wanted:
        live.measure(report)
    if "messages" in wanted:
        messages.measure(report, 3000)
    if "bookings" in wanted:
        bookings.measure(report, seconds=10)
    if "year" in wanted:
        ranking.grown(report, world, rounds, STAYS_OF_A_YEAR)


main()
