"""Units as laboratories write them, and as UCUM does (case-sensitive forms of ucum.org; no brackets around terms)."""

from __future__ import annotations

import re

METRIC = "m s g rad K C cd mol Hz N Pa J W A V F Ohm S Wb Cel T H lm lx Bq Gy Sv L l bar eq osm kat U cal t u eV ar"
METRIC += " m[Hg] m[H2O] [iU] [IU]"
PREFIXES = "Y Z E P T G M k h da d c m u n p f a z y"
PLAIN = "% [ppth] [ppm] [ppb] [pH] min h d wk mo a deg [degF] [arb'U] [USP'U] [CFU] [HPF] [LPF] [diop] [drp]"
TIMES = re.compile(r"^(?:[x×✕*]\s*)?10\s*(?:\^|\*|E|e)\s*(?=\d)")
LITRE = re.compile(r"(?<![A-Za-z])([dcmunpf]?)l(?![A-Za-z])")
FACTOR = re.compile(r"^(?:10\*[+-]?\d+|\d+)$")
POWER = re.compile(r"^(.*?[^\d+-])([+-]?\d+)?$")
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
NOTE = re.compile(r"\{[!-z|~]*\}$")

_ATOMS = {*METRIC.split(), *PLAIN.split(), *(p + unit for p in PREFIXES.split() for unit in METRIC.split())}


def canonical(text: str) -> str:
    """The unit as UCUM writes it, where laboratories only write it in another way: "×10^9/l" is "10*9/L", "μmol/L"
    is "umol/L"."""
    told = text.strip().replace("μ", "u").replace("µ", "u")
    return LITRE.sub(r"\1L", TIMES.sub("10*", told))


def readable(unit: str) -> str:
    """A unit of UCUM as people write it: "10*9/L" is "10⁹/L", "umol/L" is "μmol/L"."""
    told = re.sub(r"10\*(\d+)", lambda found: "10" + found[1].translate(RAISED), unit)
    return re.sub(r"(?<![A-Za-z\[])u(?=[A-Za-z])", "μ", told)


def is_ucum(unit: str) -> bool:
    """Whether a unit is one of UCUM: known atoms with prefix, power and {note}, joined by "." and "/"."""
    parts = re.split(r"[./](?![^{]*\})", unit.removeprefix("/"))
    return bool(unit) and all(_is_component(part) for part in parts)


def _is_component(part: str) -> bool:
    bare = NOTE.sub("", part)
    if not bare or FACTOR.match(bare):
        return bool(part)
    found = POWER.match(bare)
    return found is not None and found[1] in _ATOMS
