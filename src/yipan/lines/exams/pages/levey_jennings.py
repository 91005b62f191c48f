"""Levey–Jennings charts: the deviations of each level over its runs, drawn on the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from yipan.base.network.models import Site
from yipan.lines.exams.models import ControlMaterial
from yipan.lines.exams.policy.westgard import REJECTING
from yipan.lines.exams.queries.quality import Measured
from yipan.ui.filters import moment

WIDTH, HEIGHT, LEFT, TOP = 720, 170, 34, 10
MOST = 4.0
"""Standard deviations at the edge; what lies further out is drawn there."""
LEAST_RUNS = 10


@dataclass(frozen=True, slots=True)
class Drawing:
    """The chart of one level with its material."""

    level: int
    material: ControlMaterial | None
    svg: Markup


def drawn(runs: Sequence[Measured], materials: Sequence[ControlMaterial], site: Site) -> list[Drawing]:
    """One chart for each level that was measured, oldest run on the left."""
    by_level = {material.level: material for material in materials}
    levels = sorted({level for run in runs for level in run.deviations})
    return [Drawing(level, by_level.get(level), _chart(level, runs, site)) for level in levels]


def _chart(level: int, runs: Sequence[Measured], site: Site) -> Markup:
    step = (WIDTH - LEFT - 10) / max(len(runs) - 1, LEAST_RUNS - 1)
    lines, labels = [], []
    for sd in range(-3, 4):
        tone = "mean" if sd == 0 else f"sd{abs(sd)}"
        lines.append(Markup('<path class="lj-{}" d="M{} {:.1f}H{}"/>').format(tone, LEFT, _y(sd), WIDTH - 4))
        labels.append(
            Markup('<text x="{}" y="{:.1f}">{}</text>').format(LEFT - 6, _y(sd) + 3.5, f"{sd:+d}" if sd else "0")
        )
    points = [
        (LEFT + 6 + place * step, run, run.deviations[level])
        for place, run in enumerate(runs)
        if level in run.deviations
    ]
    path = " ".join(f"{'L' if n else 'M'}{x:.1f} {_y(z):.1f}" for n, (x, _run, z) in enumerate(points))
    marks = [_mark(x, z, run, level, site) for x, run, z in points]
    return Markup(
        '<svg class="lj" viewBox="0 0 {w} {h}" role="img" aria-label="{label}">{lines}{labels}'
        '<path class="lj-line" d="{path}"/>{marks}</svg>'
    ).format(
        w=WIDTH,
        h=HEIGHT,
        label=f"Levey–Jennings {level}",
        lines=Markup().join(lines),
        labels=Markup().join(labels),
        path=path,
        marks=Markup().join(marks),
    )


def _mark(x: float, z: float, run: Measured, level: int, site: Site) -> Markup:
    """A point; one that breaks a rule has another shape as well as another colour, and says which rule."""
    broken = [finding.rule for finding in run.findings if level in finding.levels]
    tone = "bad" if set(broken) & REJECTING else "warn" if broken else "good"
    words = " · ".join([moment(run.at, site), f"{run.values[level]:g}", f"{z:+.2f} SD", *map(str, broken)])
    y = _y(z)
    shapes = {
        "good": f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>',
        "warn": f'<path d="M{x:.1f} {y - 5:.1f}l5 9h-10z"/>',
        "bad": f'<path d="M{x - 5:.1f} {y - 5:.1f}h10v10h-10z"/>',
    }
    shape = Markup(shapes[tone])  # noqa: S704 - made of numbers only
    return Markup('<g class="lj-{}">{}<title>{}</title></g>').format(tone, shape, words)


def _y(sd: float) -> float:
    held = min(max(sd, -MOST), MOST)
    return TOP + (MOST - held) / (2 * MOST) * (HEIGHT - 2 * TOP)
