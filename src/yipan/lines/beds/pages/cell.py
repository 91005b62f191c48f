"""What a bed cell says: the words of `templates/beds/cell.html`, shared by the board and the page of a ward."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from yipan.base.network.models import Department
from yipan.kernel import clock
from yipan.lines.beds.policy import BedStatus
from yipan.lines.beds.queries.board import Cell
from yipan.ui.filters import age as age_words

NOBODY = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Face:
    """A bed cell in words, escaped for HTML. `look` holds classes with a leading blank, `said` what only shape and
    colour show."""

    id: str
    label: str
    look: str
    what: str
    badge: str = ""
    badge_look: str = ""
    signs: tuple[tuple[str, str], ...] = ()
    said: str = ""


def root() -> str:
    """The address of a bed without its identifier, so that two thousand links need one look-up."""
    return reverse("bed", args=[NOBODY]).removesuffix(NOBODY)


def with_double_labels(cells: Iterable[Cell]) -> set[str]:
    """Wards in which two beds have the same label, so that it needs its room's."""
    seen: set[tuple[str, str]] = set()
    double = set()
    for cell in cells:
        key = (cell.ward_id, cell.label)
        if key in seen:
            double.add(cell.ward_id)
        seen.add(key)
    return double


class Speaker:
    """Makes faces in the reader's language; every word is looked up once, not once for each bed."""

    def __init__(self, zone: str, departments: Mapping[str, Department], at: datetime | None = None) -> None:
        local = (at or clock.now()).astimezone(ZoneInfo(zone))
        self._departments, self._today, self._time = departments, local.date(), local.strftime("%H:%M")
        self._sexes = {"male": _("M"), "female": _("F"), "other": _("O"), "unknown": _("?"), None: _("?")}
        self._whose = {"any": _("Free"), "male": _("Free · M"), "female": _("Free · F"), "none": _("Free · nobody")}
        self._free_until, self._free_till_tomorrow = _("Free → {time}"), _("Free → tmw")
        self._cohort = _("Free · isol.")
        self._occupied = _("{sex}{age} · d{day}")
        self._leaving, self._late = _("by {time}"), _("due {time}")
        self._cleaning, self._cleaning_late = _("Clean → {time}"), _("Clean · late")
        self._closed = _("Closed")
        self._held, self._due = (_("Held {time}"), _("Held · {sex}")), (_("Due {time}"), _("Due · {sex}"))
        self._critical, self._serious, self._next = _("crit"), _("ser"), _("next")
        self._signs = {
            "monitor": (_("mon"), _("Monitor")),
            "ventilator": (_("vent"), _("Ventilator")),
            "isolation": (_("iso"), _("Isolation")),
        }
        self._tomorrow, self._in_days = _("tmw {time}"), _("in {n} d")
        self._outlier, self._soon = _("Outlier of {department}"), _("Reserved from {time}")

    def faces(self, cells: Iterable[Cell], double: Collection[str] = ()) -> list[Face]:
        """One face for each cell, in the same order; `double` are the wards that `with_double_labels` found."""
        return [self.face(c, escape(f"{c.room}-{c.label}" if c.ward_id in double else c.label)) for c in cells]

    def face(self, cell: Cell, label: str) -> Face:
        """One bed."""
        match cell.status:
            case BedStatus.OCCUPIED:
                return self._occupied_face(cell, label)
            case BedStatus.FREE:
                signs, said = self._equipment(cell), self._later(cell)
                return Face(cell.id, label, " free", self._free(cell), signs=signs, said=said)
            case BedStatus.HELD:
                words = self._due if cell.next_state == "confirmed" else self._held
                return Face(cell.id, label, " held", self._promise(cell, words), signs=self._equipment(cell))
            case BedStatus.CLEANING:
                late = (cell.until_day or 0) < 0 or (cell.until_day == 0 and (cell.until or "") < self._time)
                what = self._cleaning_late if late else self._cleaning.format(time=cell.until)
                return Face(cell.id, label, " cleaning", what, *self._promised(cell), signs=self._equipment(cell))
            case _:
                return Face(cell.id, label, " closed", self._closed)

    def _occupied_face(self, cell: Cell, label: str) -> Face:
        look, said = "", self._later(cell)
        badge, badge_look = self._promised(cell)
        if cell.severity == "critical":
            badge, badge_look = self._critical, ""
        elif cell.severity == "serious":
            badge, badge_look = self._serious, " serious"
        if cell.leaving:
            late = (cell.until_day or 0) < 0 or (cell.until or "") < self._time
            look = " leaving late" if late else " leaving"
            what = (self._late if late else self._leaving).format(time=cell.until)
        else:
            sex, age = self._sexes.get(cell.sex, "?"), self._age(cell.birth_date)
            what = self._occupied.format(sex=sex, age=age, day=cell.day)
        if cell.outlier:
            look += " outlier"
            home = self._departments.get(cell.home_id or "")
            words = self._outlier.format(department=escape(home.label) if home else "–")
            said = f"{words} · {said}" if said else words
        signs = (self._signs["isolation"],) if cell.isolation not in (None, "none") else ()
        return Face(cell.id, label, look, what, badge, badge_look, signs, said)

    def _free(self, cell: Cell) -> str:
        if cell.infected:
            return self._cohort
        if cell.next_at and cell.admits == "any" and cell.next_day is not None and cell.next_day < 2:
            return self._free_till_tomorrow if cell.next_day else self._free_until.format(time=cell.next_at)
        return self._whose[cell.admits]

    def _promise(self, cell: Cell, words: tuple[str, str]) -> str:
        """When somebody comes, or, once that time is there, of which sex they are."""
        with_time, with_sex = words
        if cell.next_from is not None and cell.next_from > clock.now().timestamp():
            return with_time.format(time=self._when(cell.next_day, cell.next_at))
        return with_sex.format(sex=self._sexes.get(cell.next_sex, "?"))

    def _promised(self, cell: Cell) -> tuple[str, str]:
        """The badge of a bed that has a patient or is being cleaned, and is promised to the next one."""
        return (self._next, " next") if cell.next_state is not None and cell.next_purpose == "care" else ("", "")

    def _later(self, cell: Cell) -> str:
        if cell.next_state is None:
            return ""
        return self._soon.format(time=self._when(cell.next_day, cell.next_at))

    def _when(self, day: int | None, time: str | None) -> str:
        """14:05, with tomorrow or the number of days before it."""
        if not day or day < 0:
            return time or ""
        return self._tomorrow.format(time=time) if day == 1 else self._in_days.format(n=day)

    def _equipment(self, cell: Cell) -> tuple[tuple[str, str], ...]:
        has = {
            "monitor": cell.monitor,
            "ventilator": cell.ventilator,
            "isolation": cell.room_isolation != "none",
        }
        return tuple(self._signs[name] for name, there in has.items() if there)

    def _age(self, birth: date | None) -> str:
        """Years as a bare number; younger than two in months or days, with their unit."""
        if birth is None:
            return ""
        years = self._today.year - birth.year - ((self._today.month, self._today.day) < (birth.month, birth.day))
        return str(years) if years >= 2 else age_words(birth).replace(" ", "")
