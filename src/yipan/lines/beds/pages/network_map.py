"""The network as a small map: circles where the sites are, as big as their beds, with a ring of occupancy."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from yipan.base.network.models import Site
from yipan.lines.beds.queries.tallies import Counts

WIDTH, HEIGHT, MARGIN = 640.0, 400.0, 46.0
SMALLEST, BIGGEST = 5.0, 30.0
GAP = 3.0
LETTER = 6.6  # width of a Latin letter in the map's type; a Chinese character takes two
LINE = 15.0
HOT = 0.95


@dataclass(slots=True)
class Place:
    """A site with beds on the map, in units of the drawing. `label` is empty where it would cover something."""

    site: Site
    counts: Counts
    x: float
    y: float
    r: float
    label: str = ""
    label_at: tuple[float, float, str] = (0.0, 0.0, "middle")
    anchor: str = "middle"

    @property
    def ring(self) -> float:
        """How much of the ring is drawn, 0..100."""
        return min(self.counts.occupancy or 0.0, 1.0) * 100

    @property
    def hot(self) -> bool:
        return (self.counts.occupancy or 0.0) >= HOT


@dataclass(slots=True)
class NetworkMap:
    """What the template draws: places, biggest first, dots of sites without beds, lines to the organisation above."""

    places: list[Place] = field(default_factory=list)
    dots: list[tuple[float, float]] = field(default_factory=list)
    lines: list[tuple[float, float, float, float]] = field(default_factory=list)
    unplaced: int = 0
    width: float = WIDTH
    height: float = HEIGHT


def draw(sites: Sequence[Site], counts: Mapping[str, Counts]) -> NetworkMap:
    """The map of `sites` (organisations loaded); those without coordinates are only counted."""
    known = [s for s in sites if s.latitude is not None and s.longitude is not None]
    made = NetworkMap(unplaced=sum(str(s.id) in counts for s in sites) - sum(str(s.id) in counts for s in known))
    if not known:
        return made
    with_beds = sorted(
        (i for i, s in enumerate(known) if str(s.id) in counts), key=lambda i: -counts[str(known[i].id)].beds
    )
    points = _project(known, with_beds or range(len(known)))
    biggest = max((counts[str(known[i].id)].beds for i in with_beds), default=1)
    radii = np.array(
        [SMALLEST + (BIGGEST - SMALLEST) * math.sqrt(counts[str(known[i].id)].beds / biggest) for i in with_beds]
    )
    spread = _apart(points[with_beds], radii)
    inside = ((points > 0) & (points < (WIDTH, HEIGHT))).all(axis=1)
    shown = set(with_beds)
    made.dots = [(float(x), float(y)) for i, (x, y) in enumerate(points) if i not in shown and inside[i]]
    made.places = [
        Place(known[i], counts[str(known[i].id)], float(x), float(y), float(r))
        for i, (x, y), r in zip(with_beds, spread, radii, strict=True)
    ]
    made.lines = _lines(made.places)
    _name(made.places)
    return made


def _project(sites: Sequence[Site], fit: Sequence[int]) -> NDArray[np.float64]:
    """Equirectangular, true to scale in the middle; shape (n, 2). The sites in rows `fit` fill the drawing."""
    degrees = np.array([(s.longitude, s.latitude) for s in sites], dtype=float)
    middle = degrees[fit].mean(axis=0)
    plane = (degrees - middle) * (math.cos(math.radians(middle[1])), -1.0)
    low, high = plane[fit].min(axis=0), plane[fit].max(axis=0)
    room = np.array([WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN])
    size = np.maximum(high - low, 1e-9)
    scale = float((room / size).min()) if float((high - low).max()) > 1e-9 else 0.0
    centred: NDArray[np.float64] = (plane - (low + high) / 2) * scale + (WIDTH / 2, HEIGHT / 2)
    return centred


def _apart(points: NDArray[np.float64], radii: NDArray[np.float64], steps: int = 60) -> NDArray[np.float64]:
    """Push circles that overlap apart, the small ones more than the big ones, and keep all inside the drawing."""
    placed = points.copy()
    need = radii[:, None] + radii[None, :] + GAP
    yields = radii[None, :] / (radii[:, None] + radii[None, :])
    for _ in range(steps):
        delta = placed[:, None, :] - placed[None, :, :]
        distance = np.hypot(delta[..., 0], delta[..., 1])
        np.fill_diagonal(distance, np.inf)
        overlap = np.maximum(need - distance, 0.0)
        if not overlap.any():
            break
        same = distance < 1e-6
        direction = np.where(same[..., None], 0.0, delta / np.maximum(distance, 1e-6)[..., None])
        # Sites at one address: a fixed direction for each pair, so that the map never changes by itself.
        turn = np.arange(len(placed), dtype=float)
        sign = np.sign(turn[:, None] - turn[None, :])
        direction[..., 0] += np.where(same, sign, 0.0)
        placed = placed + (direction * (overlap * yields)[..., None]).sum(axis=1) * 0.6
        edge = radii[:, None] + 4
        placed = np.clip(placed, edge, np.array([WIDTH, HEIGHT]) - edge)
    return placed


def _lines(places: Sequence[Place]) -> list[tuple[float, float, float, float]]:
    """From each place to the biggest one of the nearest organisation above that has a bigger one than this."""
    lines = []
    for i, place in enumerate(places):
        path = place.site.organisation.path
        above: Place | None = None
        while above is None and path:
            # Places stand in order of size, so whatever comes before this one is bigger.
            above = next((p for p in places[:i] if p.site.organisation.path.startswith(path)), None)
            path = path[: path.rstrip(".").rfind(".") + 1]
        if above is not None:
            lines.append((place.x, place.y, above.x, above.y))
    return lines


def _name(places: Sequence[Place]) -> None:
    """Give labels to the biggest places, below, above or beside, where they cover neither circle nor label."""
    boxes = [(p.x - p.r - 2, p.y - p.r - 2, p.x + p.r + 2, p.y + p.r + 2) for p in places]
    for place in places:
        place.anchor = "start" if place.x < WIDTH * 0.3 else "end" if place.x > WIDTH * 0.7 else "middle"
        text = place.site.label
        width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text) * LETTER
        for x, y, anchor, left in (
            (place.x, place.y + place.r + LINE, "middle", place.x - width / 2),
            (place.x, place.y - place.r - 5, "middle", place.x - width / 2),
            (place.x + place.r + 5, place.y + 4, "start", place.x + place.r + 5),
            (place.x - place.r - 5, place.y + 4, "end", place.x - place.r - 5 - width),
        ):
            box = (left, y - LINE + 3, left + width, y + 3)
            inside = box[0] > 2 and box[1] > 2 and box[2] < WIDTH - 2 and box[3] < HEIGHT - 2
            if inside and not any(_cover(box, other) for other in boxes):
                place.label, place.label_at = text, (x, y, anchor)
                boxes.append(box)
                break


def _cover(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
