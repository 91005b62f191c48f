"""The occupancy of one ward over the days of a plan, as a small drawing."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT, TOP, FOOT = 240, 84, 8, 4


def timeline(opened: Sequence[int], before: Sequence[int], after: Sequence[int], label: str) -> Markup:
    """Open beds as a line, people in beds without the plan as an outline and with it as a fill; steps from day to day.

    All three have one value for now and one for each day. `label` says in words what the drawing shows.
    """
    high = max([*opened, *before, *after, 1])
    low = min(min(before, default=0), min(after, default=0))
    floor = max(0, min(low, high - 4) - max((high - low) // 3, 1))  # a ward that is nearly full shows its last beds
    step = WIDTH / max(len(opened), 1)

    def y(value: int) -> float:
        return HEIGHT - FOOT - (value - floor) / (high - floor) * (HEIGHT - FOOT - TOP)

    def path(values: Sequence[int]) -> str:
        parts = [f"M0 {y(values[0]):.1f}"]
        for i, value in enumerate(values):
            parts.append(f"V{y(value):.1f}H{(i + 1) * step:.1f}")
        return "".join(parts)

    base = HEIGHT - FOOT
    fill = f"{path(after)}V{base}H0Z"
    more = "".join(
        f"M{i * step:.1f} {y(b):.1f}V{y(a):.1f}H{(i + 1) * step:.1f}V{y(b):.1f}Z"
        for i, (a, b) in enumerate(zip(after, before, strict=True))
        if a > b
    )
    return Markup(
        '<svg class="plan-ward" viewBox="0 0 {w} {h}" role="img" aria-label="{label}" preserveAspectRatio="none">'
        '<path class="with" d="{fill}"/><path class="more" d="{more}"/>'
        '<path class="without" d="{without}"/><path class="open" d="{open}"/></svg>'
    ).format(w=WIDTH, h=HEIGHT, label=label, fill=fill, more=more, without=path(before), open=path(opened))
