"""Search and opening of records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from yipan.base.audit import watching
from yipan.base.audit.models import Entry
from yipan.base.patients import actions, names, queries, terms
from yipan.base.patients.actions import NATIONAL_ID
from yipan.base.patients.models import Patient
from yipan.base.patients.tests.samples import DESK, FEED, MANAGER, card, registered
from yipan.kernel.errors import InvalidInput, NotFound, Refused

BORN = date(1962, 3, 12)
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)


@pytest.fixture
def li() -> Patient:
    """One patient among others."""
    registered(name="王建国", birth_date=date(1950, 1, 1))
    registered(name="单小梅", birth_date=date(1971, 5, 6), sex="female")
    registered(name="John Smith", birth_date=date(1980, 1, 1))
    return registered(
        phone="13812345678", identifiers=[("H1", "ab 77", "MR"), (NATIONAL_ID, card(BORN, 11), "NI")], address="大桥路"
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "李建国",
        "李建",
        "李 建国",
        "lijianguo",
        "Li Jian Guo",
        "lijian",
        "ljg",
        "lj",
        "138 1234 5678",
        "+8613812345678",
        "AB77",
        card(BORN, 11),
        card(BORN, 11).lower(),
        "1962-03-12",
        "19620312",
        "1962年3月12日",
        "李建国 1962-03-12",
        "建国 ljg",
        "ljg 1962/3/12",
    ],
)
def test_ways_to_find_a_patient(li: Patient, text: str) -> None:
    """Characters, pinyin, initials, phone, identifiers and birth date, alone or together, lead to the one patient."""
    assert [found.id for found in queries.search(DESK, text)] == [li.pk]


@pytest.mark.django_db
def test_given_name_alone(li: Patient) -> None:
    """The two characters of a given name find everybody who has them."""
    assert {f.name for f in queries.search(DESK, "建国")} == {"李*国", "王*国"}
    assert {f.name for f in queries.search(DESK, "jianguo")} == {"李*国", "王*国"}


@pytest.mark.django_db
def test_surname_with_its_own_reading(li: Patient) -> None:
    """单 is found as shan, Latin names by any part."""
    assert [f.name for f in queries.search(DESK, "shanxiaomei")] == ["单*梅"]
    assert [f.name for f in queries.search(DESK, "smith")] == ["J*** S***"]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "  ", "%", "_", "赵", "李建国 1999-01-01", "13900000000", "'; --"])
def test_nothing_found(li: Patient, text: str) -> None:
    """What fits nobody finds nobody; wildcards of SQL are plain characters."""
    assert queries.search(DESK, text) == []


@pytest.mark.django_db
def test_lists_are_masked(li: Patient) -> None:
    """A line of the list shows neither the whole name, card nor phone, and no address."""
    line = queries.search(DESK, "李建国")[0]
    assert (line.name, line.phone, line.national_id[-4:]) == ("李*国", "138****5678", card(BORN, 11)[-4:])
    assert li.name not in repr(line)
    assert card(BORN, 11) not in repr(line)
    assert "13812345678" not in repr(line)


@pytest.mark.django_db
def test_exact_comes_first() -> None:
    """An exact name stands before names that only begin so."""
    registered(name="李建国庆", birth_date=None)
    exact = registered(name="李建国", birth_date=date(1999, 9, 9))
    assert queries.search(DESK, "李建国")[0].id == exact.pk
    assert queries.search(DESK, "lijianguo")[0].id == exact.pk
    assert len(queries.search(DESK, "李建国", limit=1)) == 1


@pytest.mark.django_db
def test_merged_record_is_found_as_its_survivor(li: Patient) -> None:
    """The name of a retired record still finds the person, once."""
    other = registered(name="李建囯", birth_date=None)
    actions.merge(actor=DESK, survivor_id=li.pk, retired_id=other.pk, reason="同一人")
    assert [f.id for f in queries.search(DESK, "李建囯")] == [li.pk]
    assert [f.id for f in queries.search(DESK, "ljg")] == [li.pk]


@pytest.mark.django_db
def test_opening_is_audited(li: Patient) -> None:
    """Opening a record writes who read whom; opening a merged one gives the survivor and says so."""
    other = registered(name="李建囯", birth_date=None)
    actions.merge(actor=DESK, survivor_id=li.pk, retired_id=other.pk, reason="同一人")
    assert queries.get(DESK, other.pk).pk == li.pk
    entry = Entry.objects.get(action="patient.read")
    assert (entry.patient_id, entry.actor_user_id) == (li.pk, 1)
    assert entry.data == {"asked_for": str(other.pk)}


@pytest.mark.django_db
def test_role_without_the_verb_sees_nothing(li: Patient) -> None:
    """A manager can neither search nor open, and no reading is recorded."""
    with pytest.raises(Refused):
        queries.search(MANAGER, "李建国")
    with pytest.raises(Refused):
        queries.get(MANAGER, li.pk)
    assert not Entry.objects.filter(action="patient.read").exists()


@pytest.mark.django_db
def test_by_identifier(li: Patient) -> None:
    """A program finds the carrier of a number by its assigner; a person by the number alone, if it is one person's."""
    assert queries.by_identifier(FEED, "H1", "AB77") == li
    assert queries.by_identifier(FEED, "H2", "AB77") is None
    assert queries.one_by_identifier(DESK, "ab77") == li
    with pytest.raises(NotFound, match="identifier_unknown"):
        queries.one_by_identifier(DESK, "nobody")
    registered(name="赵海", identifiers=[("H2", "AB77", "MR")])
    with pytest.raises(InvalidInput, match="identifier_of_several"):
        queries.one_by_identifier(DESK, "ab77")
    with pytest.raises(NotFound, match="patient_unknown"):
        queries.get(DESK, UUID(int=1))


MANY = """
INSERT INTO patients_patient (id, name, pinyin, initials, sex, birth_date, phone, phone_digest, address, contact_name,
                              contact_phone, created_at, updated_at)
SELECT gen_random_uuid(), chr(19968 + i % 7000) || chr(20000 + i % 6301) || chr(21000 + i % 5003), md5(i::text),
       left(md5(i::text), 4), 'male', DATE '1930-01-01' + i % 30000, '', decode(md5(i::text), 'hex'), '', '', '',
       now(), now()
FROM generate_series(1, 20000) AS i;
SELECT gin_clean_pending_list('patient_pinyin_inside'), gin_clean_pending_list('patient_name_characters');
ANALYZE patients_patient;
"""


@pytest.mark.django_db
def test_search_never_reads_the_whole_table() -> None:
    """With many patients each step of each kind of search enters the table by a condition on an index."""
    with connection.cursor() as cursor:
        # Asking twenty thousand times at the end whether the journal knows of each row would tell nothing.
        cursor.execute(f"ALTER TABLE patients_patient DISABLE TRIGGER {watching.ROW}")
        cursor.execute(MANY)
    for text in ("李建国", "李", "建国", "ljg", "lijianguo", "jianguo", "李 jianguo", "13800000001", "1962-03-12"):
        for step in queries._steps(terms.read(text)):
            # Django explains a query for nobody ("id in ()") as nothing.
            plan = json.loads(step[:60].explain(format="json") or '[{"Plan": {}}]')
            assert not list(whole_reads(plan[0]["Plan"])), (text, plan)


def test_whole_reads_are_seen() -> None:
    """The check above would notice a scan of the table, and a walk along a whole index."""
    scan = {"Node Type": "Seq Scan", "Relation Name": "patients_patient"}
    walk = {"Node Type": "Index Scan", "Relation Name": "patients_patient", "Filter": "x"}
    assert list(whole_reads({"Node Type": "Limit", "Plans": [scan, walk]})) == [scan, walk]


def whole_reads(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Nodes of a plan that read all patients."""
    if node.get("Relation Name") == "patients_patient" and not node.keys() & {"Index Cond", "Recheck Cond"}:
        yield node
    for child in node.get("Plans", []):
        yield from whole_reads(child)


class FoundByPinyin(TestCase):
    """Whatever the name, its own pinyin and initials find it."""

    @given(st.text(HAN, min_size=2, max_size=4))
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_found(self, name: str) -> None:
        """A Chinese name is found by its characters, its pinyin and its initials."""
        patient = registered(name=name)
        full, initials = names.romanise(name)
        for text in (name, full, initials):
            assert not text or patient.pk in [f.id for f in queries.search(DESK, text)]
