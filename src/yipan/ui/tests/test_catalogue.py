"""Every text of the product is in Chinese, with the same placeholders."""

from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import write_po

from yipan.ui import catalogue


def po(tmp_path: Path, *pairs: tuple[str, str]) -> Path:
    path = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    translated = Catalog(locale="zh_Hans")
    for english, chinese in pairs:
        translated.add(english, chinese)
    with path.open("wb") as file:
        write_po(file, translated)
    return path


def source(*texts: str) -> Catalog:
    found = Catalog()
    for text in texts:
        found.add(text)
    return found


@pytest.mark.parametrize("path", list(catalogue.files()), ids=lambda path: path.parts[-3])
def test_every_text_is_translated(path: Path) -> None:
    """No text of a Python file or template lacks its translation or loses a placeholder."""
    found = catalogue.problems(path)
    assert not found, "\n".join(f"{p.what}: {p.text}" for p in found)


def test_texts_of_code_and_templates_are_found(tmp_path: Path) -> None:
    """Python calls and template tags are both read; tests and migrations are not."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "a.py").write_text('_("in code"); gettext_lazy("lazily")')
    (tmp_path / "b.html").write_text('{{ _("in a template") }}{% trans n=3 %}{{ n }} beds{% endtrans %}')
    (tmp_path / "tests" / "test_a.py").write_text('_("in a test")')
    assert {m.id for m in catalogue.extract(tmp_path) if m.id} == {"in code", "lazily", "in a template", "%(n)s beds"}


def test_missing_and_disagreeing_texts_are_problems(tmp_path: Path) -> None:
    """A missing translation, a lost placeholder and an invented one are each reported."""
    path = po(tmp_path, ("Bed {bed}", "床"), ("All", "全部 %(n)s"), ("Good {x}", "好 {x}"))
    found = {p.text for p in catalogue.problems(path, source("Bed {bed}", "All", "Good {x}", "New"))}
    assert found == {"Bed {bed}", "All", "New"}


def test_latin_punctuation_in_chinese_is_a_problem(tmp_path: Path) -> None:
    """A Chinese sentence has Chinese commas and colons; numbers, addresses and times keep theirs."""
    path = po(tmp_path, ("a", "没有空床,请稍候"), ("b", "地址：http://127.0.0.1:8000,8001"), ("c", "床位（共 2 张）:"))
    found = {p.text: p.what for p in catalogue.problems(path, source("a", "b", "c"))}
    assert found == {"a": "half-width punctuation at 床,", "c": "half-width punctuation at ）:"}


def test_update_adds_and_drops(tmp_path: Path) -> None:
    """New texts are added empty and told; texts no longer used go; translations stay."""
    path = po(tmp_path, ("Old", "旧"), ("Kept", "留"))
    assert catalogue.update(path, source("Kept", "New")) == ["New"]
    kept = catalogue.read(path)
    assert "Old" not in kept
    assert kept["Kept"].string == "留"
