"""No SQL is put together from what somebody typed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "yipan"
CALLS = frozenset({"execute", "executemany", "raw", "extra", "RawSQL", "RunSQL", "mogrify", "copy"})


@dataclass(frozen=True)
class Place:
    """The function around a call, and its module."""

    module: ast.Module
    function: ast.AST

    def constant(self, node: ast.AST) -> bool:
        """Whether a text consists of constants of the program: literals, CAPITAL names, and what is made of these."""
        match node:
            case ast.Constant():
                return True
            case ast.Name(id=name) | ast.Attribute(attr=name) if name.lstrip("_").isupper():
                return True
            case ast.Name(id=name):
                return self._assigned(name) or self._given(name)
            case ast.Subscript(value=value):
                return self.constant(value)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.constant(left) and self.constant(right)
            case ast.IfExp(body=body, orelse=orelse):
                return self.constant(body) and self.constant(orelse)
            case ast.JoinedStr(values=values):
                return all(self.constant(v.value if isinstance(v, ast.FormattedValue) else v) for v in values)
            case ast.Call(func=ast.Attribute(attr="format", value=text), args=args, keywords=keywords):
                return all(self.constant(part) for part in (text, *args, *(k.value for k in keywords)))
            case ast.Call(func=ast.Attribute(attr="Identifier" | "Literal", value=ast.Name(id="sql"))):
                return True  # psycopg quotes these
        return False

    def _assigned(self, name: str) -> bool:
        """A local name that only ever gets constants."""
        values = [
            node.value
            for node in ast.walk(self.function)
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets)
        ]
        return bool(values) and all(self.constant(value) for value in values)

    def _given(self, name: str) -> bool:
        """A parameter of a private function that only ever gets constants, by everybody who calls it in the module."""
        function = self.function
        if not isinstance(function, ast.FunctionDef) or not function.name.startswith("_"):
            return False
        names = [argument.arg for argument in function.args.args]
        if name not in names:
            return False
        given = [
            (Place(self.module, _around(self.module, call)), call.args[names.index(name)])
            for call in ast.walk(self.module)
            if isinstance(call, ast.Call) and _name(call.func) == function.name and len(call.args) > names.index(name)
        ]
        return bool(given) and all(place.constant(argument) for place, argument in given)


def calls() -> Iterator[tuple[str, ast.AST, Place]]:
    """(file and line, SQL, where) for everything that hands SQL to the database."""
    for path in sorted(SOURCE.rglob("*.py")):
        if "tests" in path.parts or "testing.py" in path.name:
            continue
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and _name(node.func) in CALLS:
                place = Place(tree, _around(tree, node))
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", node.args[0], place


def _name(func: ast.AST) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _around(tree: ast.Module, call: ast.Call) -> ast.AST:
    """The innermost function that holds a call, else the module."""
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    holding = [f for f in functions if f.lineno <= call.lineno <= (f.end_lineno or 0)]
    return max(holding, key=lambda f: f.lineno, default=tree)


REVIEWED = {
    "base/access/policies.py": "operations of migrations; conditions are written in the migrations themselves",
    "base/access/wall.py": "the statement as Django made it, behind settings whose values are roles and checked paths",
    "base/audit/sealing.py": "tables and columns of the declared journals",
    "base/audit/verifying.py": "tables and columns of the declared journals",
    "base/audit/watching.py": "tables and columns of the declared watches, each quoted",
    "base/network/importing.py": "names of tables and columns from the models, each quoted",
    "lines/beds/queries/beds.py": "conditions written in the function; what is asked for goes along as parameters",
    "lines/beds/queries/figures.py": "the key is looked up in GROUPS, which refuses every other name",
    "lines/exams/queries/turnaround.py": "the key is looked up in KEYS, which refuses every other name",
    "base/patients/migrations/0004_seal_rows.py": "columns written in the migration",
    "base/unit/rows.py": "names of tables and columns from the models, each quoted",
    "base/unit/work.py": "the statement as Django made it",
    "base/vault/resealing.py": "names of tables and columns from the models, each quoted",
    "server/backup/archive.py": "a name written in the module, quoted by psycopg",
    "server/backup/loading.py": "names from the catalogue, quoted by psycopg",
    "server/backup/rows.py": "names from the catalogue, quoted by psycopg",
    "server/backup/taking.py": "names from the catalogue, quoted by psycopg",
    "server/embedded/cluster.py": "statements written in the loop around it; names and password are quoted by psycopg",
    "server/migrating.py": "names of indexes from the catalogue, quoted there",
    "server/external.py": "the extensions that the program needs, before any request",
}
"""Files in which a statement is put together elsewhere, and why that is safe. Look again when one changes."""


def test_sql_is_constant() -> None:
    """Every statement is written in the program; what people type reaches PostgreSQL as parameters only."""
    found = list(calls())
    assert len(found) > 40
    wrong = [where for where, sql, place in found if not place.constant(sql)]
    assert {where.partition(":")[0] for where in wrong} == set(REVIEWED), wrong


def test_a_typed_text_is_noticed() -> None:
    """The guard itself: SQL with something from a request in it is not constant, however it got there."""
    for body in ('f"SELECT {asked}"', '"SELECT " + asked', '"SELECT %s" % asked', '"{}".format(asked)', "asked"):
        tree = ast.parse(f"def page(asked):\n    _run({body})\ndef _run(sql):\n    cursor.execute(sql)\n")
        place = Place(tree, tree.body[1])
        assert not place.constant(ast.Name(id="sql")), body
    tree = ast.parse("def page(asked):\n    _run(FIND)\ndef _run(sql):\n    cursor.execute(sql)\n")
    assert Place(tree, tree.body[1]).constant(ast.Name(id="sql"))
