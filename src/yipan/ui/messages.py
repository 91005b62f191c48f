"""From codes to sentences: errors, reasons and refusals in the reader's language.

Lower rooms raise a code with plain parameters; the words live in the modules of `ui/sentences/` and, for a service
line, in its own `words.py`, which it passes to `register`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from yipan.kernel.errors import YipanError
from yipan.ui import sentences
from yipan.ui.filters import clock_time, day
from yipan.ui.system_words import WORDS

Words = str | Promise

_sentences: dict[str, Words] = {}


class _Blanks(dict[str, Any]):
    """Parameters of a sentence; one that is missing shows as a dash rather than breaking the page."""

    def __missing__(self, key: str) -> str:
        return "–"


def register(words: Mapping[str, Words]) -> None:
    """Add sentences by code. The same pair again is harmless.

    Raises ValueError when a code has another sentence already.
    """
    for code, text in words.items():
        known = _sentences.get(code)
        if known is not None and str(known) != str(text):
            raise ValueError(f"code {code!r} has two sentences: {known!s} / {text!s}")
        _sentences[code] = text


def load() -> None:
    """Register `SENTENCES` of every module in `ui/sentences/`."""
    for module in pkgutil.iter_modules(sentences.__path__):
        register(importlib.import_module(f"{sentences.__name__}.{module.name}").SENTENCES)


def codes() -> frozenset[str]:
    """Every code that has a sentence."""
    return frozenset(_sentences)


def sentence(code: str, params: Mapping[str, Any] | None = None) -> str:
    """The sentence of `code` in the active language, filled with `params`.

    A code without a sentence still tells the reader something to quote to the help desk.
    """
    text = _sentences.get(code)
    if text is None:
        return _("This did not work ({code}). Please tell your administrator this code.").format(code=code)
    return str(text).format_map(_Blanks({key: _readable(value) for key, value in (params or {}).items()}))


def of_error(error: YipanError) -> str:
    """The sentence of an error."""
    return sentence(error.code, error.params)


def _readable(value: Any) -> Any:
    """A parameter as a person reads it; numbers stay numbers, so that a sentence may format them."""
    match value:
        case None | "":
            return "–"
        case datetime():
            return f"{day(value)} {clock_time(value)}"
        case date():
            return day(value)
        case bool():
            return _("yes") if value else _("no")
        case str() | Promise():
            return str(WORDS.get(str(value), value))
        case int() | float():
            return value
        case Iterable():
            return _(", ").join(str(_readable(item)) for item in value) or "–"
        case _:
            return str(getattr(value, "label", value))
