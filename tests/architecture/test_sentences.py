"""Sentences of errors and reasons in both languages."""

from __future__ import annotations

import re

from django.utils import translation

from yipan.ui import messages

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_every_sentence_is_in_chinese_too() -> None:
    """No code of an error or a reason leaves a Chinese reader with English."""
    with translation.override("zh-hans"):
        english = [code for code in messages.codes() if not CHINESE.search(messages.sentence(code))]
    assert english == []
