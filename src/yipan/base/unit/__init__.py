"""A unit of work: rows that are written together, and facts that are read together, in one transaction.

Whoever does many things in one transaction (the applier of messages) opens a unit with `together`. Inside it `insert`
and `update` keep rows back until the end, or until somebody asks the database something: so a question always sees what
was done before it. `facts` keeps what was read, and forgets it when a statement of anybody else writes. Without a unit
everything happens at once, and facts last for one question: the code that uses them is the same.
"""

from yipan.base.unit.rows import insert_when
from yipan.base.unit.shelf import Shelf
from yipan.base.unit.work import Unit, atomic, current, facts, forget, insert, later, together, update

__all__ = [
    "Shelf",
    "Unit",
    "atomic",
    "current",
    "facts",
    "forget",
    "insert",
    "insert_when",
    "later",
    "together",
    "update",
]
