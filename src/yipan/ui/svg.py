"""Small drawings made on the server: they need no script and obey the theme through classes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from lucide import _render_icon
from markupsafe import Markup

Part = tuple[str, float, Any]
"""A part of a stacked bar: tone, value, words."""


def icon(name: str, size: int = 16, label: Any = "", **attributes: str) -> Markup:
    """A lucide icon; decorative unless it has a label. Raises IconDoesNotExist, so a typo fails in a test."""
    return _icon(name, size, str(label), tuple(sorted(attributes.items())))


@lru_cache(maxsize=1024)
def _icon(name: str, size: int, label: str, attributes: tuple[tuple[str, str], ...]) -> Markup:
    """A board shows the same few icons hundreds of times; parsing the drawing each time would be felt."""
    role = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    drawing = _render_icon(name, size, **{"class": "icon", **dict(attributes), **role})
    return Markup(drawing)  # noqa: S704 - ElementTree has escaped the attributes


def sparkline(values: Sequence[float | None], label: Any, width: int = 120, height: int = 28) -> Markup:
    """A line of a dozen or so values, oldest first; gaps where a value is None. `label` says it in words."""
    known = [v for v in values if v is not None]
    if len(known) < 2:
        return Markup()
    low, span = min(known), (max(known) - min(known)) or 1.0
    step, scale = (width - 4) / (len(values) - 1), (height - 6) / span
    points = [None if v is None else (2 + i * step, height - 3 - (v - low) * scale) for i, v in enumerate(values)]
    path, pen_down = [], False
    for point in points:
        if point is not None:
            path.append(f"{'L' if pen_down else 'M'}{point[0]:.1f} {point[1]:.1f}")
        pen_down = point is not None
    x, y = next(p for p in reversed(points) if p is not None)
    return Markup(
        '<svg class="sparkline" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{label}">'
        '<path d="{path}"/><circle cx="{x}" cy="{y}" r="2"/></svg>'
    ).format(w=width, h=height, label=label, path="".join(path), x=f"{x:.1f}", y=f"{y:.1f}")


def bar(share: float | None, label: Any, hot: bool = False) -> Markup:
    """A bar filled to `share` (0..1, cut there). The figure itself must stand beside it as text."""
    filled = min(max(share or 0.0, 0.0), 1.0) * 100
    return Markup(
        '<svg class="bar{tone}" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="{label}">'
        '<rect class="rail" width="100" height="6"/><rect class="fill" width="{filled}" height="6"/></svg>'
    ).format(tone=" hot" if hot else "", label=label, filled=f"{filled:.1f}")


def stacked(parts: Sequence[Part], label: Any = "") -> Markup:
    """A stacked bar; the words of its parts are what a screen reader hears and a pointer sees."""
    total = sum(max(value, 0) for _, value, _ in parts) or 1.0
    words = label or ", ".join(f"{text} {value:g}" for _, value, text in parts)
    rects, x = [], 0.0
    rect = Markup('<rect class="tone-{}" x="{}" width="{}" height="8"><title>{} {}</title></rect>')
    for tone, value, text in parts:
        width = max(value, 0) / total * 100
        rects.append(rect.format(tone, f"{x:.2f}", f"{width:.2f}", text, f"{value:g}"))
        x += width
    return Markup(
        '<svg class="stacked" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(words, Markup().join(rects))


HEAT_EDGES = (0.6, 0.7, 0.8, 0.87, 0.93, 0.97)
"""Where a step of the heat scale begins. Closer towards the top: between 90 and 100 % every bed counts."""


def heat_step(share: float | None) -> int:
    """The step 0..6 of the heat scale for a share."""
    return 0 if share is None else bisect_right(HEAT_EDGES, share)
