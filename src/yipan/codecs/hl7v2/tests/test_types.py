"""Data types."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yipan.codecs.hl7v2 import Repetition, Separators
from yipan.codecs.hl7v2.types import CWE, CX, HD, PL, XAD, XCN, XPN, XTN, read, write

S = Separators()
_texts = st.none() | st.text(st.characters(codec="utf-8"), min_size=1).map(str.strip).filter(bool)
_texts = _texts.map(lambda t: t and t.replace("\r", ""))
_hds = st.builds(HD, _texts, _texts, _texts).filter(
    lambda hd: any((hd.namespace, hd.universal_id, hd.universal_id_type))
)


def test_identifier() -> None:
    """CX gives the identifier, who assigned it, and its type."""
    cx = read(CX, Repetition("P1^5^M11^HIS&1.2.3&ISO^MR^CITY", S))
    assert cx == CX("P1", "5", HD("HIS", "1.2.3", "ISO"), "MR", HD("CITY"))
    assert HD(None, "1.2.3").name == "1.2.3"


def test_blank_is_nothing() -> None:
    """A repetition with separators, blanks or emptied parts only is None."""
    assert read(PL, Repetition("^ ^^", S)) is None
    assert read(PL, Repetition('""^""', S)) is None


def test_names_in_both_scripts() -> None:
    """A name in characters is written without a blank, family first; in letters with blanks, family last."""
    assert XPN("李", "娜").text == "李娜"
    assert XPN("欧阳娜娜").text == "欧阳娜娜"
    assert XPN("Everyman", "Adam", "A").text == "Adam A Everyman"
    assert XCN("D7", "王", "强").text == "王强"
    assert XCN("D7").text == "D7"


def test_name_with_subcomponents() -> None:
    """The surname is the first subcomponent of the family name."""
    assert read(XPN, Repetition("EVERYMAN&&&&Aniston^ADAM", S)) == XPN("EVERYMAN", "ADAM")


def test_addresses_in_both_orders() -> None:
    """An address reads from large to small in Chinese and from small to large elsewhere."""
    chinese = read(XAD, Repetition("城南街道12号^^云溪市^江北省", S))
    assert chinese is not None
    assert chinese.text == "江北省云溪市城南街道12号"
    english = read(XAD, Repetition("&Main St&12^Flat 3^Oslo", S))
    assert english is not None
    assert english.text == "12 Main St Flat 3, Oslo"


def test_telephone_whole_or_in_parts() -> None:
    """The number to dial comes from whichever part the version of the message uses."""
    assert XTN(whole="13800000000").text == "13800000000"
    assert XTN(area="270", local="6009800").text == "270 6009800"
    assert XTN(country="86", area="10", local="1").text == "+86 10 1"
    assert XTN(unformatted="123").text == "123"
    assert XTN(use="PRN").text is None


@given(
    st.one_of(
        st.builds(CX, _texts, _texts, st.none() | _hds, _texts, st.none() | _hds),
        st.builds(XPN, *[_texts] * 7),
        st.builds(PL, _texts, _texts, _texts, st.none() | _hds, *[_texts] * 5),
        st.builds(XAD, *[_texts] * 9),
        st.builds(CWE, *[_texts] * 6),
        st.builds(XCN, *[_texts] * 6, st.none() | _hds, _texts),
    )
)
def test_written_value_is_read_again(value: CX | XPN | PL | XAD | CWE | XCN) -> None:
    """Every value of every type comes back from its text; one without any part is None."""
    read_back = read(type(value), Repetition(write(value, S), S))
    empty = value == type(value)()
    assert read_back == (None if empty else value)
