"""The data types that Yipan reads, as small values: CX, XPN, XCN, XAD, XTN, PL, CWE, EI, XON, NDL and HD (HL7 v2.8,
chapter 2A).

Every attribute is annotated with its component, and with its subcomponent where that is not the first; `read` and
`write` follow this table in both directions. Surrounding blanks are dropped, and an attribute that is absent, empty or
emptied is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_type_hints

from yipan.codecs.hl7v2.message import Repetition
from yipan.codecs.hl7v2.separators import NULL, Separators

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HD:
    """Hierarchic designator: who assigns identifiers, or which facility. As a part of another type: subcomponents."""

    namespace: Annotated[str | None, 1] = None
    universal_id: Annotated[str | None, 2] = None
    universal_id_type: Annotated[str | None, 3] = None

    @property
    def name(self) -> str | None:
        """The namespace, or else the universal identifier."""
        return self.namespace or self.universal_id


@dataclass(frozen=True, slots=True)
class CX:
    """Identifier with who assigned it."""

    id: Annotated[str | None, 1] = None
    check_digit: Annotated[str | None, 2] = None
    assigner: Annotated[HD | None, 4] = None
    type: Annotated[str | None, 5] = None
    facility: Annotated[HD | None, 6] = None


@dataclass(frozen=True, slots=True)
class XPN:
    """Name of a person. `representation`: A alphabetic, I ideographic, P phonetic. `type`: L legal, D display …"""

    family: Annotated[str | None, 1] = None
    given: Annotated[str | None, 2] = None
    middle: Annotated[str | None, 3] = None
    suffix: Annotated[str | None, 4] = None
    prefix: Annotated[str | None, 5] = None
    type: Annotated[str | None, 7] = None
    representation: Annotated[str | None, 8] = None

    @property
    def text(self) -> str:
        """The name as people write it: 李娜 without a blank, Na Li with one."""
        return _person(self.family, self.given, self.middle)


@dataclass(frozen=True, slots=True)
class XCN:
    """A person with an identifier, such as a doctor."""

    id: Annotated[str | None, 1] = None
    family: Annotated[str | None, 2] = None
    given: Annotated[str | None, 3] = None
    middle: Annotated[str | None, 4] = None
    suffix: Annotated[str | None, 5] = None
    prefix: Annotated[str | None, 6] = None
    assigner: Annotated[HD | None, 9] = None
    id_type: Annotated[str | None, 13] = None

    @property
    def text(self) -> str:
        """The name as people write it, or else the identifier."""
        return _person(self.family, self.given, self.middle) or self.id or ""


@dataclass(frozen=True, slots=True)
class XAD:
    """Postal address. In old messages the street is one text; in newer ones it has a name and a number as well."""

    street: Annotated[str | None, 1] = None
    other: Annotated[str | None, 2] = None
    city: Annotated[str | None, 3] = None
    state: Annotated[str | None, 4] = None
    postcode: Annotated[str | None, 5] = None
    country: Annotated[str | None, 6] = None
    type: Annotated[str | None, 7] = None
    street_name: Annotated[str | None, 1, 2] = None
    street_number: Annotated[str | None, 1, 3] = None

    @property
    def text(self) -> str:
        """One line: from the large to the small in Chinese, from the small to the large elsewhere."""
        street = [p for p in (self.street_number, self.street_name, self.street, self.other) if p]
        region = [p for p in (self.city, self.state) if p]
        if is_chinese("".join(street + region)):
            return "".join([*reversed(region), *[p for p in (self.street, self.street_name, self.other) if p]])
        return ", ".join([" ".join(street), *region] if street else region)


@dataclass(frozen=True, slots=True)
class XTN:
    """Telephone: whole in component 1 (before 2.7) or 12, or in parts."""

    whole: Annotated[str | None, 1] = None
    use: Annotated[str | None, 2] = None
    equipment: Annotated[str | None, 3] = None
    email: Annotated[str | None, 4] = None
    country: Annotated[str | None, 5] = None
    area: Annotated[str | None, 6] = None
    local: Annotated[str | None, 7] = None
    unformatted: Annotated[str | None, 12] = None

    @property
    def text(self) -> str | None:
        """The number to dial, or None."""
        parts = " ".join(p for p in (self.country and f"+{self.country.lstrip('+')}", self.area, self.local) if p)
        return self.whole or self.unformatted or (parts if self.local else None)


@dataclass(frozen=True, slots=True)
class PL:
    """Where a patient lies: point of care (ward), room, bed, facility (site), building, floor."""

    point_of_care: Annotated[str | None, 1] = None
    room: Annotated[str | None, 2] = None
    bed: Annotated[str | None, 3] = None
    facility: Annotated[HD | None, 4] = None
    status: Annotated[str | None, 5] = None
    type: Annotated[str | None, 6] = None
    building: Annotated[str | None, 7] = None
    floor: Annotated[str | None, 8] = None
    description: Annotated[str | None, 9] = None


@dataclass(frozen=True, slots=True)
class CWE:
    """A code with its text and system; also reads CE, CNE, IS and ID."""

    code: Annotated[str | None, 1] = None
    text: Annotated[str | None, 2] = None
    system: Annotated[str | None, 3] = None
    alternate_code: Annotated[str | None, 4] = None
    alternate_text: Annotated[str | None, 5] = None
    alternate_system: Annotated[str | None, 6] = None

    @property
    def label(self) -> str:
        """What people read: the text, or else the code."""
        return self.text or self.alternate_text or self.code or self.alternate_code or ""

    @property
    def codings(self) -> tuple[tuple[str, str], ...]:
        """(system, code) of the code and of its alternate, those that are there; a system may be ""."""
        both = ((self.system, self.code), (self.alternate_system, self.alternate_code))
        return tuple((system or "", code) for system, code in both if code)


@dataclass(frozen=True, slots=True)
class EI:
    """The number of an order or of a specimen, and who gave it."""

    id: Annotated[str | None, 1] = None
    namespace: Annotated[str | None, 2] = None
    universal_id: Annotated[str | None, 3] = None
    universal_id_type: Annotated[str | None, 4] = None


@dataclass(frozen=True, slots=True)
class XON:
    """An organisation by name and number (component 10; 3 before 2.7)."""

    name: Annotated[str | None, 1] = None
    number: Annotated[str | None, 3] = None
    assigner: Annotated[HD | None, 6] = None
    id: Annotated[str | None, 10] = None


@dataclass(frozen=True, slots=True)
class NDL:
    """Who interpreted a result; the person's parts are subcomponents of the first component."""

    id: Annotated[str | None, 1, 1] = None
    family: Annotated[str | None, 1, 2] = None
    given: Annotated[str | None, 1, 3] = None

    @property
    def text(self) -> str:
        """The name as people write it, or else the identifier."""
        return _person(self.family, self.given, None) or self.id or ""


def read(kind: type[T], repetition: Repetition) -> T | None:
    """One repetition as `kind`, or None when it has nothing that `kind` knows."""
    return _read(kind, repetition, repetition.components, None)


def write(value: object, separators: Separators) -> str:
    """A value of one of these types as raw text; the inverse of `read`. Needs component and subcomponent separators."""
    return _join(_written(value, separators), separators.component or "^")


class _Place(NamedTuple):
    """Where an attribute of a type stands, and the type it has when it is no plain text."""

    name: str
    component: int
    subcomponent: int
    nested: type | None


def _layout(kind: type) -> tuple[_Place, ...]:
    places = []
    for name, hint in get_type_hints(kind, include_extras=True).items():
        annotated, component, *below = get_args(hint)
        inner = get_args(annotated)[0]
        places.append(_Place(name, component, below[0] if below else 1, None if inner is str else inner))
    return tuple(places)


_LAYOUTS: dict[Any, tuple[_Place, ...]] = {
    kind: _layout(kind) for kind in (HD, CX, XPN, XCN, XAD, XTN, PL, CWE, EI, XON, NDL)
}


def _read(kind: type[T], repetition: Repetition, parts: tuple[str, ...], inside: int | None) -> T | None:
    """As `read`, of these components; with `inside`, those of `kind` are the subcomponents of that component."""
    values: dict[str, Any] = {}
    special = tuple(c for c in (repetition.separators.subcomponent, repetition.separators.escape, NULL) if c)
    for name, component, subcomponent, nested in _LAYOUTS[kind]:
        at, below = (component, subcomponent) if inside is None else (inside, component)
        part = parts[at - 1] if at <= len(parts) else ""
        if not part:
            values[name] = None
        elif nested is not None:
            values[name] = _read(nested, repetition, parts, component)
        elif below == 1 and not any(c in part for c in special):  # nothing to part, nothing to unescape
            values[name] = part.strip() or None
        else:
            values[name] = (repetition.leaf(part, below) or "").strip() or None
    return kind(**values) if any(v is not None for v in values.values()) else None


def _written(value: object, separators: Separators) -> dict[int, str]:
    """Raw text by component number."""
    parts: dict[int, dict[int, str]] = {}
    for place in _LAYOUTS[type(value)]:
        item = getattr(value, place.name)
        if item is None:
            continue
        below = _written(item, separators) if place.nested else {place.subcomponent: separators.write(item)}
        parts.setdefault(place.component, {}).update(below)
    return {number: _join(below, separators.subcomponent or "&") for number, below in parts.items()}


def _join(parts: dict[int, str], separator: str) -> str:
    return separator.join(parts.get(number, "") for number in range(1, max(parts, default=0) + 1))


def _person(family: str | None, given: str | None, middle: str | None) -> str:
    if is_chinese(f"{family or ''}{given or ''}"):
        return "".join(p for p in (family, given) if p)
    return " ".join(p for p in (given, middle, family) if p)


def is_chinese(text: str) -> bool:
    """True when some character of it is a Chinese one."""
    return any("\u3400" <= c <= "\u9fff" or c >= "\U00020000" for c in text)
