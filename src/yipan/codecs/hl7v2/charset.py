"""Character sets of a message: MSH-18 (HL7 v2.8, section 2.14.9.18, table 0211) and the Python codec for each.

Only codecs that give back exactly the bytes they read are listed, so that decoding a message loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from yipan.codecs.hl7v2.separators import Separators
from yipan.kernel.errors import InvalidInput

_CODECS = {
    "ASCII": "ascii",
    "ISOIR6": "ascii",
    "USASCII": "ascii",
    "UNICODEUTF8": "utf-8",
    "UNICODE": "utf-8",
    "UTF8": "utf-8",
    "GB180302000": "gb18030",
    "GB180302005": "gb18030",
    "GB180302022": "gb18030",
    "GB18030": "gb18030",
    # GBK and GB 2312 are subsets of GB 18030: every character has the same bytes there.
    "GBK": "gb18030",
    "GB2312": "gb18030",
    "CP936": "gb18030",
    "LATIN1": "iso8859-1",
}
for _part in (1, 2, 5, 7, 9, 15):
    _CODECS[f"8859{_part}"] = _CODECS[f"ISO8859{_part}"] = f"iso8859-{_part}"


@dataclass(frozen=True, slots=True)
class Charsets:
    """What to read a message with that names no character set: the first of these that fits all its bytes.

    UTF-8 comes first because other text is hardly ever valid UTF-8 by accident; GB 18030 second because that is what
    older Chinese systems send without saying so. Names as in MSH-18.
    """

    when_absent: tuple[str, ...] = ("utf-8", "gb18030")


DEFAULT_CHARSETS = Charsets()


def codec_of(name: str) -> str | None:
    """The Python codec for a name in MSH-18, or None when it is not one that is understood.

    Case, spaces, hyphens, slashes and dots do not count: `8859/1`, `ISO-8859-1` and `iso 8859-1` are the same.
    """
    return _CODECS.get("".join(c for c in name.upper() if c.isalnum()))


def declared(header: bytes, separators: Separators) -> tuple[str, ...]:
    """The repetitions of MSH-18 as written; none when it is absent.

    A GB 18030 character may hold the byte of a separator in its second half, which shifts the fields of a plain split;
    then the header is split again as GB 18030.
    """
    plain = _eighteenth(header.decode("latin-1"), separators)
    if any(codec_of(name) for name in plain):
        return plain
    chinese = _eighteenth(header.decode("gb18030", "replace"), separators)
    return chinese if any(codec_of(name) == "gb18030" for name in chinese) else plain


def _eighteenth(header: str, separators: Separators) -> tuple[str, ...]:
    fields = header.split(separators.field)
    value = fields[17] if len(fields) > 17 else ""
    repetitions = value.split(separators.repetition) if separators.repetition else [value]
    names = [r.split(separators.component)[0].strip() if separators.component else r.strip() for r in repetitions]
    return tuple(name for name in names if name)


def choose(raw: bytes, names: tuple[str, ...], charsets: Charsets) -> str:
    """The codec for a message whose MSH-18 has these names: the first that fits its bytes, or else the first.

    Raises InvalidInput `hl7_charset_unknown` when no name is understood, `hl7_charset_undecided` when there is none and
    nothing of `charsets` fits.
    """
    asked = names or charsets.when_absent
    codecs = [codec for name in asked if (codec := codec_of(name)) is not None]
    if not codecs:
        raise InvalidInput("hl7_charset_unknown", where="MSH-18", segment=1, charset=", ".join(asked))
    fitting = next((codec for codec in codecs if _fits(raw, codec)), None)
    if fitting is None and not names:
        raise InvalidInput("hl7_charset_undecided", where="MSH-18", segment=1, tried=", ".join(asked))
    return fitting or codecs[0]


def carrying(header: bytes, names: tuple[str, ...]) -> str:
    """A codec that carries a header through as it is, the declared one if it does; never fails."""
    codecs = [codec_of(name) for name in names or DEFAULT_CHARSETS.when_absent]
    return next((codec for codec in codecs if codec and _fits(header, codec)), "latin-1")


def _fits(raw: bytes, codec: str) -> bool:
    try:
        raw.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
