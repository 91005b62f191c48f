"""Input that nobody would type, and some that somebody does."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzz.addresses import NOBODY

TAG = "<yipan-odd>"
"""Must never come back unescaped."""

TEXTS: tuple[str | bytes, ...] = (
    "",
    " ",
    "\t\r\n",
    "\x00",
    "王\x00明",
    b"\xff\xfe",
    b"\xc3\x28",
    b"\xed\xa0\x80",  # a lone surrogate, as some systems encode it
    "\ufeff王",
    "\u202e\u0645\u062d\u0645\u062f",
    "e" + "\u0301" * 90,
    "𠮷👨‍👩‍👧\U0010ffff",
    "\u2028\u2029\x85\x1c",
    "王" * 4000,
    "x" * 70_000,
    f"\"'>{TAG}",
    "{0.__class__}{x}%s%(x)s${7*7}{{7*7}}",
    "'; DROP TABLE spine_booking; --",
    "a\r\nX-Odd: 1",
    "../../../../etc/passwd",
    "//elsewhere.example/",
    "javascript:alert(1)",
)
NUMBERS = (
    "-1", "0", "+1", "1.5", "1,5", "1e309", "-1e309", "NaN", "inf", "1_000", "0x10", "٣", "²", "½",
    "9" * 18, "9223372036854775808", "2147483648", "9" * 400, "9" * 5000,
)  # fmt: skip
INSTANTS = (
    "0001-01-01", "9999-12-31", "2026-02-30", "2026-13-01", "-0001-01-01", "20260301", "2026-W10-1", "2026-060",
    "0001-01-01T00:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59", "9999-12-31T23:59-12:00",
    "2026-03-01T24:00", "2026-03-01T10:00+25:00", "2026-03-01T10:00Z", "1900-01-01T00:00", "2026-03-29T02:30",
)  # fmt: skip
IDENTIFIERS = (str(NOBODY), NOBODY.hex, f"{{{NOBODY}}}", f"urn:uuid:{NOBODY}", str(NOBODY)[:-1], "null", "[]", "1")

EVERYTHING = (*TEXTS, *NUMBERS, *INSTANTS, *IDENTIFIERS)

value = st.one_of(
    st.sampled_from(EVERYTHING),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=20),
    st.integers().map(str),
    st.floats().map(str),
    st.datetimes().map(lambda instant: instant.isoformat()),
)
"""One odd value, as text or as bytes."""

HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"HX-Request": "true"},
    {"HX-Request": "true", "HX-Current-URL": "javascript:alert(1)", "HX-Target": TAG, "HX-Trigger": "\xff"},
    {"HX-Request": "maybe", "HX-Boosted": "true", "HX-History-Restore-Request": "true"},
    {"Accept": "application/json"},
    {"Accept": "*/*;q=NaN, application/json;q=9e999, text/html;q=-1"},
    {"Accept-Language": "zh-hans;q=99," + "x-" * 3000},
    {"Accept-Language": "../../etc/passwd, \x00, en;q=1e400"},
    {"Referer": "https://elsewhere.example/\r\nX-Odd: 1"},
    {"X-Forwarded-For": "1.2.3.4, " + "9" * 3000, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "elsewhere"},
    {"Cookie": "sessionid=\x00; yipan_theme=" + TAG + "; django_language=../../x; csrftoken=x"},
    {"If-Modified-Since": "Sat, 99 Feb 9999 99:99:99 GMT", "Range": "bytes=-1-,99-1", "If-None-Match": "*"},
)
"""Headers that a browser, a proxy or an attacker might send."""
