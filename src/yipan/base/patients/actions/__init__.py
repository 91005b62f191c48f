"""Everything that changes a patient's identity. Each function checks access, writes and audits in one transaction."""

from yipan.base.patients.actions.duplicates import decide_duplicate, queue_duplicates
from yipan.base.patients.actions.emergency import open_in_emergency
from yipan.base.patients.actions.leaving import erase, export
from yipan.base.patients.actions.merging import merge, unmerge
from yipan.base.patients.actions.registration import add_identifier, register, update
from yipan.base.patients.matching import NATIONAL_ID, IdentifierValue

__all__ = [
    "NATIONAL_ID",
    "IdentifierValue",
    "add_identifier",
    "decide_duplicate",
    "erase",
    "export",
    "merge",
    "open_in_emergency",
    "queue_duplicates",
    "register",
    "unmerge",
    "update",
]
