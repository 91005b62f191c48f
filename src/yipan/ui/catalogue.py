"""The gettext catalogues: what the source says against what the translators wrote.

`python -m yipan.ui.catalogue` adds new texts to every catalogue, drops those no longer used, and lists what is still
without a translation. The binary files are made when Yipan starts (`yipan.server.catalogues`).
"""

from __future__ import annotations

import io
import re
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.checkers import python_format
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[1]
LOCALES = Path(__file__).resolve().parent / "locale"
DOMAIN = "django.po"

METHODS = [("**/tests/**", "ignore"), ("**/migrations/**", "ignore"), ("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {
    "**.html": {"extensions": "jinja2.ext.do", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
}
EMPTY_HEADERS = (b'"POT-', b'"PO-Rev', b'"Report-', b'"Last-', b'"Language-Team', b'"Generated')
"""Lines that say nothing here, and of which one changes with every run."""
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


HALF_WIDTH = re.compile("[\u4e00-\u9fff\uff09\u201d][,;:?!]|[,;?!][\u4e00-\u9fff]")
"""Punctuation of Latin script in a Chinese sentence (GB/T 15834 wants its own, of full width)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about one text that has to be mended before release."""

    text: str
    what: str


def extract(root: Path = PACKAGE) -> Catalog:
    """Every text that the Python files and templates below `root` ask to be translated, with its places."""
    found = Catalog(project="Yipan", charset="utf-8")
    for file, line, message, comments, context in extract_from_dir(
        str(root), method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS, comment_tags=("translators:",)
    ):
        found.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return found


def files(root: Path = LOCALES) -> Iterator[Path]:
    """The catalogues, one a language."""
    yield from sorted(root.glob(f"*/LC_MESSAGES/{DOMAIN}"))


def read(path: Path) -> Catalog:
    """A catalogue from disk; the language is the name of its folder."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def update(path: Path, source: Catalog | None = None) -> list[str]:
    """Add new texts to the catalogue, empty, and drop those no longer used; return what lacks a translation."""
    catalogue = read(path)
    catalogue.update(source or extract(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    with path.open("wb") as file:
        file.write(b"\n".join(line for line in _written(catalogue).split(b"\n") if not line.startswith(EMPTY_HEADERS)))
    return sorted(str(message.id) for message in catalogue if message.id and not _strings(message)[0])


def _written(catalogue: Catalog) -> bytes:
    with io.BytesIO() as file:
        write_po(file, catalogue, no_location=True, sort_output=True, width=120)
        return file.getvalue()


def problems(path: Path, source: Catalog | None = None) -> list[Problem]:
    """Texts of the source that the catalogue at `path` lacks, or translates with other placeholders."""
    catalogue = read(path)
    found = []
    for wanted in source or extract():
        if not wanted.id:
            continue
        message = catalogue.get(wanted.id if isinstance(wanted.id, str) else wanted.id[0], wanted.context)
        if message is None or not all(_strings(message)):
            found.append(Problem(str(wanted.id), "no translation"))
        elif message.fuzzy:
            found.append(Problem(str(wanted.id), "fuzzy"))
        else:
            found.extend(Problem(str(wanted.id), what) for what in _disagreements(message))
    return found


def _strings(message: Any) -> list[str]:
    return list(message.string) if isinstance(message.string, list | tuple) else [message.string or ""]


def _ids(message: Any) -> list[str]:
    return list(message.id) if isinstance(message.id, list | tuple) else [message.id]


def _disagreements(message: Any) -> Iterator[str]:
    allowed = set().union(*(placeholders(text) for text in _ids(message)))
    for text in _strings(message):
        if placeholders(text) != allowed:
            yield f"placeholders {sorted(placeholders(text))} instead of {sorted(allowed)}"
        if (found := HALF_WIDTH.search(text)) is not None:
            yield f"half-width punctuation at {found.group()}"
    if any("%(" in text for text in _ids(message)):
        try:
            python_format(None, message)
        except Exception as error:
            yield str(error)


def placeholders(text: str) -> set[str]:
    """The names in {braces} and %(brackets)s of a text."""
    braces = {name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    brackets = {part.split(")")[0] for part in text.split("%(")[1:]}
    return braces | brackets


def main() -> int:
    """Update every catalogue; the exit status is 1 while something lacks a translation."""
    source, lacking = extract(), 0
    for path in files():
        for text in update(path, source):
            sys.stdout.write(f"{path.parts[-3]}\t{text}\n")
            lacking += 1
    return int(lacking > 0)


if __name__ == "__main__":
    sys.exit(main())
