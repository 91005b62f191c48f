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
    points = _project(known)
    with_beds = sorted(
        (i for i, s in enumerate(known) if str(s.id) in counts), key=lambda i: -counts[str(known[i].id)].beds
    )
    biggest = max((counts[str(known[i].id)].beds for i in with_beds), default=1)
    radii = np.array(
        [SMALLEST + (BIGGEST - SMALLEST) * math.sqrt(counts[str(known[i].id)].beds / biggest) for i in with_beds]
    )
    spread = _apart(points[with_beds], radii)
    made.dots = [(float(points[i][0]), float(points[i][1])) for i in range(len(known)) if i not in set(with_beds)]
    made.places = [
        Place(known[i], counts[str(known[i].id)], float(x), float(y), float(r))
        for i, (x, y), r in zip(with_beds, spread, radii, strict=True)
    ]
    made.lines = _lines(made.places)
    _name(made.places)
    return made


def _project(sites: Sequence[Site]) -> NDArray[np.float64]:
    """Equirectangular, true to scale in the middle of the network; shape (n, 2), fitted into the drawing."""
    degrees = np.array([(s.longitude, s.latitude) for s in sites], dtype=float)
    middle = degrees.mean(axis=0)
    plane = (degrees - middle) * (math.cos(math.radians(middle[1])), -1.0)
    low, high = plane.min(axis=0), plane.max(axis=0)
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
    """From each place to the biggest place of the organisation above its own that has one."""
    first: dict[str, Place] = {}
    for place in places:
        first.setdefault(place.site.organisation.path, place)
    lines = []
    for place in places:
        path = place.site.organisation.path
        above = first[path] if first[path] is not place else None
        while above is None and path.count(".") > 1:
            path = path[: path.rstrip(".").rfind(".") + 1]
            above = first.get(path)
        if above is not None:
            lines.append((place.x, place.y, above.x, above.y))
    return lines


def _name(places: Sequence[Place]) -> None:
    """Give labels to the biggest places, as long as they cover neither a circle nor another label."""
    boxes = [(p.x - p.r, p.y - p.r, p.x + p.r, p.y + p.r) for p in places]
    for place in places:
        text = place.site.label
        width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text) * LETTER
        left = place.x - width / 2
        box = (left, place.y + place.r + 1, left + width, place.y + place.r + 1 + LINE)
        inside = box[0] > 2 and box[2] < WIDTH - 2 and box[3] < HEIGHT - 2
        if inside and not any(_cover(box, other) for other in boxes):
            place.label = text
            boxes.append(box)
        place.anchor = "start" if place.x < WIDTH * 0.3 else "end" if place.x > WIDTH * 0.7 else "middle"


def _cover(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
