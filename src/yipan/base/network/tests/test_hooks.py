"""Higher rooms attach what follows an import, and bring the words."""

from __future__ import annotations

from yipan.base.network import hooks


def test_hooks_run_in_order_and_once(monkeypatch):
    """Registering the same function twice calls it once."""
    monkeypatch.setattr(hooks, "_after_import", [])
    told = []
    first, second = (lambda: told.append(1)), (lambda: told.append(2))
    for function in (first, second, first):
        hooks.after_import(function)
    hooks.run_after_import()
    assert told == [1, 2]


def test_without_words_a_code_still_says_its_parameters(monkeypatch):
    """Before the pages bring sentences, the code and what it carries are shown."""
    monkeypatch.setattr(hooks, "_sentence", [hooks._code_only])
    assert hooks.sentence("network_cycle", {"organisation": "A"}) == "network_cycle organisation=A"
    hooks.use_sentences(lambda code, params: f"{code}!")
    assert hooks.sentence("network_cycle", {}) == "network_cycle!"
