"""What differs between two versions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yipan.lines.exams.policy.changes import Kind, changes

words = st.text(alphabet="左右肺上叶结节 3.5mm8\n。", max_size=40)


@given(words, words)
def test_both_texts_can_be_put_together_again(before: str, after: str) -> None:
    """Kept and removed pieces are the old text, kept and added ones the new."""
    pieces = changes(before, after)
    assert "".join(p.text for p in pieces if p.kind != Kind.ADDED) == before
    assert "".join(p.text for p in pieces if p.kind != Kind.REMOVED) == after


def test_a_number_is_replaced_whole() -> None:
    """3.5mm → 8mm is one change, not a puzzle of digits."""
    pieces = changes("右肺结节 3.5mm。", "右肺结节 8mm。")
    assert [(str(p.kind), p.text) for p in pieces] == [
        ("kept", "右肺结节 "),
        ("removed", "3.5mm"),
        ("added", "8mm"),
        ("kept", "。"),
    ]
