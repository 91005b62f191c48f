"""What a page offers: its links and its forms, read as a browser would read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

LINKS = ("href", "hx-get", "data-src", "formaction")


@dataclass(slots=True)
class Form:
    """A form as it was rendered: where it goes, and its fields with the values that stand in them."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)

    def add(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)

    @property
    def usual(self) -> dict[str, str]:
        """One value for each field: the first that is not empty."""
        return {name: next((v for v in values if v), "") for name, values in self.fields.items()}


class Page(HTMLParser):
    """`links` and `forms` of a page at an address, and the `words` of its main part (of all, when it has none)."""

    def __init__(self, address: str, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.links: set[str] = set()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._open: Form | None = None
        self._select = ""
        self._text = ""
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "main":
            self.words = []
        if tag in ("script", "style", "svg"):
            self._silent += 1
        for name in LINKS:
            if name in told and tag != "link":
                self.links.add(self._joined(told[name]))
        if tag == "form":
            method = told.get("method", "get").lower()
            self._open = Form(self._joined(told.get("action", "")), method)
            self.forms.append(self._open)
        elif "hx-post" in told:
            self.forms.append(Form(self._joined(told["hx-post"]), "post", {"value": [""]}))
        elif self._open is not None:
            self._field(self._open, tag, told)

    def _field(self, form: Form, tag: str, told: dict[str, str]) -> None:
        name = told.get("name", "")
        if tag == "input" and name:
            if told.get("type") == "file":
                form.files.add(name)
            else:
                form.add(name, told.get("value", "on" if told.get("type") == "checkbox" else ""))
        elif tag == "button" and name:
            form.add(name, told.get("value", ""))
        elif tag == "textarea" and name:
            self._text = name
            form.add(name, "")
        elif tag == "select" and name:
            self._select = name
            form.fields.setdefault(name, [])
        elif tag == "option" and self._select:
            form.add(self._select, told.get("value", ""))
        if "formaction" in told:
            self.forms.append(Form(self._joined(told["formaction"]), form.method, form.fields))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "svg"):
            self._silent = max(0, self._silent - 1)
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._text:
            self._open.fields[self._text][-1] += data
        elif not self._silent and data.strip():
            self.words.append(data.strip())

    def _joined(self, link: str) -> str:
        parts = urlsplit(urljoin("http://testserver" + self.address, link))
        return parts.path + (f"?{parts.query}" if parts.query else "")
