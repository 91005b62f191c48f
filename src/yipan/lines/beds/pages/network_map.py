"""The network as a small map: circles where the sites are, as big as their beds, with a ring of occupancy."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

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
STEPS = 120
CROWD = 60
"""With more sites than this the circles shrink, so that they find room."""


class Spot(NamedTuple):
    """What the drawing needs of a site; `beds` is None where there are none."""

    label: str
    path: str
    latitude: float
    longitude: float
    beds: int | None


class Circle(NamedTuple):
    """Where a site is drawn; `row` is its place among the spots. `label` is empty where it would cover something."""

    row: int
    x: float
    y: float
    r: float
    label: str
    label_at: tuple[float, float, str]


class Layout(NamedTuple):
    """Circles, biggest first, dots of sites without beds, and lines to the organisation above."""

    circles: tuple[Circle, ...]
    dots: tuple[tuple[float, float], ...]
    lines: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A site with beds on the map, in units of the drawing."""

    site: Site
    counts: Counts
    x: float
    y: float
    r: float
    label: str = ""
    label_at: tuple[float, float, str] = (0.0, 0.0, "middle")

    @property
    def ring(self) -> float:
        """How much of the ring is drawn, 0..100."""
        return min(self.counts.occupancy or 0.0, 1.0) * 100

    @property
    def hot(self) -> bool:
        return (self.counts.occupancy or 0.0) >= HOT

    @property
    def anchor(self) -> str:
        """To which side the words on focus run, so that they stay inside."""
        return "start" if self.x < WIDTH * 0.3 else "end" if self.x > WIDTH * 0.7 else "middle"


@dataclass(frozen=True, slots=True)
class NetworkMap:
    """What the template draws: places, biggest first, dots of sites without beds, lines to the organisation above."""

    places: Sequence[Place] = ()
    dots: Sequence[tuple[float, float]] = ()
    lines: Sequence[tuple[float, float, float, float]] = ()
    unplaced: int = 0
    width: float = WIDTH
    height: float = HEIGHT


def draw(sites: Sequence[Site], counts: Mapping[str, Counts]) -> NetworkMap:
    """The map of `sites` (organisations loaded); those without coordinates are only counted."""
    known = [s for s in sites if s.latitude is not None and s.longitude is not None]
    unplaced = sum(str(s.id) in counts for s in sites) - sum(str(s.id) in counts for s in known)
    beds = {key: found.beds for key, found in counts.items()}
    spots = tuple(
        Spot(s.label, s.organisation.path, float(s.latitude or 0), float(s.longitude or 0), beds.get(str(s.id)))
        for s in known
    )
    layout = lay_out(spots)
    places = [
        Place(known[c.row], counts[str(known[c.row].id)], c.x, c.y, c.r, c.label, c.label_at) for c in layout.circles
    ]
    return NetworkMap(places, layout.dots, layout.lines, unplaced)


@lru_cache(maxsize=32)
def lay_out(spots: tuple[Spot, ...]) -> Layout:
    """Find room for everything; kept, because the network changes far less often than its occupancy."""
    with_beds = sorted((i for i, s in enumerate(spots) if s.beds is not None), key=lambda i: -(spots[i].beds or 0))
    if not spots:
        return Layout((), (), ())
    points = _project(spots, with_beds or range(len(spots)))
    full = SMALLEST + (BIGGEST - SMALLEST) * min(1.0, math.sqrt(CROWD / max(len(with_beds), 1)))
    biggest = max((spots[i].beds or 0 for i in with_beds), default=1) or 1
    radii = np.array([SMALLEST + (full - SMALLEST) * math.sqrt((spots[i].beds or 0) / biggest) for i in with_beds])
    spread = _apart(points[with_beds], radii)
    circles = [
        Circle(i, float(x), float(y), float(r), "", (0.0, 0.0, "middle"))
        for i, (x, y), r in zip(with_beds, spread, radii, strict=True)
    ]
    inside = np.all((points > 0) & (points < (WIDTH, HEIGHT)), axis=1)
    dots = tuple((float(x), float(y)) for i, (x, y) in enumerate(points) if spots[i].beds is None and inside[i])
    return Layout(_named(circles, spots), dots, _lines(circles, spots))


def _project(spots: Sequence[Spot], fit: Sequence[int]) -> NDArray[np.float64]:
    """Equirectangular, true to scale in the middle; shape (n, 2). The sites in rows `fit` fill the drawing."""
    degrees = np.array([(s.longitude, s.latitude) for s in spots], dtype=float)
    middle = degrees[fit].mean(axis=0)
    plane = (degrees - middle) * (math.cos(math.radians(middle[1])), -1.0)
    low, high = plane[fit].min(axis=0), plane[fit].max(axis=0)
    room = np.array([WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN])
    size = np.maximum(high - low, 1e-9)
    scale = float((room / size).min()) if float((high - low).max()) > 1e-9 else 0.0
    centred: NDArray[np.float64] = (plane - (low + high) / 2) * scale + (WIDTH / 2, HEIGHT / 2)
    return centred


def _apart(points: NDArray[np.float64], radii: NDArray[np.float64]) -> NDArray[np.float64]:
    """Push circles that overlap apart, the small ones more than the big ones, and keep all inside the drawing."""
    # Sites at one address begin on a spiral, the same one each time: the map never changes by itself.
    turn = np.arange(len(points)) * 2.4
    placed = points + 0.5 * np.sqrt(turn)[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    need = radii[:, None] + radii[None, :] + GAP
    yields = radii[None, :] / (radii[:, None] + radii[None, :])
    edge = radii[:, None] + 4
    for _ in range(STEPS):
        delta = placed[:, None, :] - placed[None, :, :]
        distance = np.hypot(delta[..., 0], delta[..., 1])
        np.fill_diagonal(distance, np.inf)
        overlap = np.maximum(need - distance, 0.0)
        if overlap.max(initial=0.0) < 0.1:
            break
        direction = delta / np.maximum(distance, 1e-6)[..., None]
        placed = placed + (direction * (overlap * yields)[..., None]).sum(axis=1) * 0.6
        placed = np.clip(placed, edge, np.array([WIDTH, HEIGHT]) - edge)
    return placed


def _lines(circles: Sequence[Circle], spots: Sequence[Spot]) -> tuple[tuple[float, float, float, float], ...]:
    """From each place to the biggest one of the nearest organisation above that has a bigger one than this."""
    lines = []
    for i, circle in enumerate(circles):
        path = spots[circle.row].path
        above: Circle | None = None
        while above is None and path:
            # Circles stand in order of size, so whatever comes before this one is bigger.
            above = next((c for c in circles[:i] if spots[c.row].path.startswith(path)), None)
            path = path[: path.rstrip(".").rfind(".") + 1]
        if above is not None:
            lines.append((circle.x, circle.y, above.x, above.y))
    return tuple(lines)


def _named(circles: Sequence[Circle], spots: Sequence[Spot]) -> tuple[Circle, ...]:
    """Labels for the biggest places, below, above or beside, where they cover neither circle nor label."""
    boxes = [(c.x - c.r - 2, c.y - c.r - 2, c.x + c.r + 2, c.y + c.r + 2) for c in circles]
    named = []
    for circle in circles:
        x, y, r = circle.x, circle.y, circle.r
        text = spots[circle.row].label
        width = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text) * LETTER
        for at_x, at_y, anchor, left in (
            (x, y + r + LINE, "middle", x - width / 2),
            (x, y - r - 5, "middle", x - width / 2),
            (x + r + 5, y + 4, "start", x + r + 5),
            (x - r - 5, y + 4, "end", x - r - 5 - width),
        ):
            box = (left, at_y - LINE + 3, left + width, at_y + 3)
            inside = box[0] > 2 and box[1] > 2 and box[2] < WIDTH - 2 and box[3] < HEIGHT - 2
            if inside and not any(_cover(box, other) for other in boxes):
                circle = circle._replace(label=text, label_at=(at_x, at_y, anchor))
                boxes.append(box)
                break
        named.append(circle)
    return tuple(named)


def _cover(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
