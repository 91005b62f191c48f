"""Forms with one number for each partner of a place: allies, competences, similarities, walks, roads.

An empty number means no row; a number that is written where there was none makes one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yipan.base.network import edits, hooks
from yipan.base.network.actors import Actor
from yipan.base.network.problems import InvalidFile
from yipan.base.network.schema import SCHEMA
from yipan.base.network.words import Words


@dataclass(slots=True)
class Line:
    """One partner: the stored number (empty: none), the number as last given, an estimate to show beside it."""

    code: str
    label: Words
    stored: str = ""
    value: str = ""
    hint: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of the control."""
        return f"v-{self.code}"


@dataclass(slots=True)
class Relation:
    """All partners of one place in one table. `owner` is the code of the place, the first part of the table's key."""

    table: str
    owner: str
    lines: list[Line]
    problems: list[str] = field(default_factory=list)

    @property
    def column(self) -> str:
        """The column that holds the number."""
        return edits.EDITABLE[self.table][0]

    @property
    def attrs(self) -> dict[str, Any]:
        """Bounds of the number, for the controls."""
        number: Any = SCHEMA[self.table].column(self.column).type
        bounds = {"min": f"{number.low:g}", "max": f"{number.high:g}"}
        return bounds | {"step": "1" if number.whole else "any", "inputmode": "decimal"}


def relation(
    table: str, owner: str, partners: Sequence[tuple[str, Words, str]], numbers: Mapping[str, float]
) -> Relation:
    """The form of what is stored. `partners` are (code, words, hint); `numbers` the stored ones by partner."""
    write = SCHEMA[table].column(edits.EDITABLE[table][0]).type.write
    lines = []
    for code, label, hint in partners:
        text = write(numbers[code]) if code in numbers else ""
        lines.append(Line(code, label, text, text, hint))
    return Relation(table, owner, lines)


def save(form: Relation, post: Mapping[str, str], *, actor: Actor) -> bool:
    """Write what differs; False when something was wrong, and then the form says what. Raises Refused, NotFound."""
    edits.require_owner(actor, form.table, form.owner)
    for line in form.lines:
        line.value = post.get(line.name, line.stored).strip()
    changed = [line for line in form.lines if line.value and line.value != line.stored]
    removed = [(form.owner, line.code) for line in form.lines if line.stored and not line.value]
    first, second = SCHEMA[form.table].key
    rows = [{first: form.owner, second: line.code, form.column: line.value} for line in changed]
    try:
        edits.edit(actor=actor, table=form.table, rows=rows, remove=removed)
    except InvalidFile as wrong:
        for problem in wrong.problems:
            text = hooks.sentence(problem.code, problem.params)
            if problem.row:
                changed[problem.row - 2].errors.append(text)
            else:
                form.problems.append(f"{problem.file}: {text}")
        return False
    return True
