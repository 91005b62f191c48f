"""A person's data as a file to hand out: JSON for programs, and one page of HTML that any browser reads and prints."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from django.template.loader import render_to_string

from yipan.base.patients import dossier


def as_zip(told: dict[str, Any]) -> bytes:
    """A ZIP with data.json and record.html, from what `actions.export` returned."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=1))
        made.writestr("record.html", as_html(told))
    return out.getvalue()


def as_html(told: dict[str, Any]) -> str:
    """The same for people, in the active language."""
    parts = [(part.title, told.get(part.key, [])) for part in dossier.sections()]
    return render_to_string("patients/dossier.html", {"told": told, "parts": parts})


def file_name(told: dict[str, Any]) -> str:
    """Without a name or number: file names end in lists of downloads."""
    return f"yipan-{told['patient'][-8:]}.zip"
