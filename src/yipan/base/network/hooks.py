"""Where higher rooms attach what must follow a change of the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Sentence = Callable[[str, Mapping[str, Any]], str]


def _code_only(code: str, params: Mapping[str, Any]) -> str:
    """What a code says before anybody has brought words for it."""
    return " ".join((code, *(f"{key}={value}" for key, value in params.items())))


_after_import: list[Callable[[], object]] = []


def after_import(function: Callable[[], object]) -> Callable[[], object]:
    """Call `function` at the end of every import, in its transaction; usable as a decorator. Twice counts once."""
    if function not in _after_import:
        _after_import.append(function)
    return function


def run_after_import() -> None:
    """Call everything that was registered, in that order."""
    for function in _after_import:
        function()


_sentence: list[Sentence] = [_code_only]


def use_sentences(sentence: Sentence) -> None:
    """Say codes with `sentence(code, params)` from here on: the words live in a room above this one."""
    _sentence[0] = sentence


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """The sentence of a code in the active language."""
    return _sentence[0](code, params)
