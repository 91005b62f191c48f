"""An import is all or nothing, quick, and never takes away what is in use."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.apps import apps

from yipan.base.network import exporting, files, hooks, importing
from yipan.base.network.models import Alliance, Bed, Organisation, Policy, Site, Ward
from yipan.base.network.models.version import current_version
from yipan.base.network.problems import InvalidFile
from yipan.base.network.rows import NetworkFile
from yipan.base.network.stored import snapshot
from yipan.base.network.tests.sample import NETWORK, Editor
from yipan.kernel.errors import Conflict

pytestmark = pytest.mark.django_db


def load(network: NetworkFile, **options):
    return importing.import_raw(exporting.to_raw(network), actor=Editor(), **options)


def test_export_import_export_is_byte_equal():
    """What was exported, imported into an empty database and exported again is the same file."""
    load(NETWORK)
    first = exporting.to_zip(snapshot())
    assert not importing.import_raw(files.read_bytes("n.zip", first), actor=Editor(), replace=True)
    assert exporting.to_zip(snapshot()) == first == exporting.to_zip(NETWORK)


def test_every_value_is_stored():
    """Each table and column arrives in the database."""
    load(NETWORK)
    stored = snapshot()
    assert all(set(stored.table(name)) == set(NETWORK.table(name)) for name in NETWORK.given - {"policy"})
    assert stored.policy == NETWORK.policy
    assert Organisation.objects.get(code="H").path == "0001.0002."


def test_importing_again_changes_nothing():
    """The second import of a file writes not a single row."""
    load(NETWORK)
    version = current_version()
    assert not load(NETWORK, replace=True)
    assert current_version() == version


def test_rows_are_updated_by_code_and_keep_their_identity():
    """A renamed bed is the same bed; labels may be swapped; ranks may be swapped."""
    load(NETWORK)
    keys = dict(Bed.objects.values_list("code", "pk"))
    one, two, *rest = NETWORK.beds
    first, second, *others = NETWORK.alliances
    changed = replace(
        NETWORK,
        beds=(replace(one, label="02"), replace(two, label="01", monitor=True), *rest),
        alliances=(replace(first, rank=2), replace(second, rank=1), *others),
    )
    counts = load(changed).summary()
    assert (counts["beds"]["changed"], counts["alliances"]["changed"]) == (2, 2)
    assert dict(Bed.objects.values_list("code", "pk")) == keys
    assert Bed.objects.get(code=two.code).label == "01"
    assert Bed.objects.get(code=two.code).monitor
    assert Alliance.objects.get(department__code="NEU", ally__code="NSU").rank == 2


def test_organisations_move_with_their_paths():
    """An import that gives a hospital another parent moves its path and keeps its identity."""
    load(NETWORK)
    before = Organisation.objects.get(code="H")
    group, hospital = NETWORK.organisations
    hub = replace(hospital, code="HUB", name="中心", kind="hub", parent="G")
    load(replace(NETWORK, organisations=(group, hub, replace(hospital, parent="HUB", name="改名医院"))))
    after = Organisation.objects.get(code="H")
    assert (after.pk, after.name, after.path) == (before.pk, "改名医院", "0001.0003.0002.")


def test_a_part_leaves_the_rest_alone():
    """A file with beds only adds beds."""
    load(NETWORK)
    extra = replace(NETWORK.beds[0], code="NEU1-09", label="09")
    counts = load(NetworkFile(beds=(extra,), given=frozenset({"beds"}))).summary()
    assert counts == {"beds": {"added": 1, "changed": 0, "removed": 0, "unchanged": 0}}
    assert Bed.objects.count() == 6


def test_absent_rows_are_removed_only_with_replace():
    """A bed that the file no longer holds stays, unless asked otherwise."""
    load(NETWORK)
    fewer = replace(NETWORK, beds=NETWORK.beds[:-1], rooms=NETWORK.rooms[:-1], wards=NETWORK.wards[:-1])
    assert not load(fewer)
    assert load(fewer, replace=True).summary()["beds"]["removed"] == 1
    assert set(Ward.objects.values_list("code", flat=True)) == {"NEU1", "NSU1"}


def test_a_removal_of_what_is_in_use_refuses_the_whole_import():
    """A department with people in it is not removed, and nothing else of that file is written."""
    load(NETWORK)
    practitioner = apps.get_model("access", "Practitioner")
    practitioner.objects.create(
        code="P1", name="周敏", department=apps.get_model("network", "Department").objects.get(code="NEU2")
    )
    fewer = replace(
        NETWORK,
        departments=NETWORK.departments[:-1],
        wards=(replace(NETWORK.wards[0], name="改名"), NETWORK.wards[1]),
        rooms=NETWORK.rooms[:-1],
        beds=NETWORK.beds[:-1],
        alliances=(NETWORK.alliances[0], NETWORK.alliances[2]),
    )
    before = snapshot()
    with pytest.raises(Conflict) as refused:
        load(fewer, replace=True)
    assert (refused.value.code, refused.value.params) == (
        "network_removal_refused",
        {"table": "departments", "count": 1},
    )
    assert snapshot() == before


def test_a_dry_run_says_what_would_change_and_writes_nothing():
    """The counts are those of the real import; the database and its version stay."""
    version = current_version()
    counts = load(NETWORK, dry_run=True).summary()
    assert counts["beds"] == {"added": 5, "changed": 0, "removed": 0, "unchanged": 0}
    assert (Site.objects.count(), current_version()) == (0, version)
    assert load(NETWORK).summary() == counts


def test_invalid_input_leaves_no_trace():
    """One bad cell, and neither rows nor an audit entry are written."""
    raw = exporting.to_raw(NETWORK)
    raw.tables["beds"].rows[0].cells["oxygen"] = "maybe"
    with pytest.raises(InvalidFile):
        importing.import_raw(raw, actor=Editor())
    assert not Organisation.objects.exists()
    assert not apps.get_model("audit", "Entry").objects.filter(action="network.imported").exists()


def test_an_import_is_audited_with_its_counts():
    """Who imported what stands in the audit trail."""
    load(NETWORK)
    entry = apps.get_model("audit", "Entry").objects.get(action="network.imported")
    assert (entry.actor_name, entry.data["beds"]["added"]) == ("tester", 5)


def test_hooks_run_after_the_rows_are_there(monkeypatch):
    """What higher rooms registered sees the imported beds, and its failure undoes the import."""
    seen = []
    monkeypatch.setattr(hooks, "_after_import", [lambda: seen.append(Bed.objects.count())])
    load(NETWORK)
    assert seen == [5]


def test_a_failing_hook_undoes_the_import(monkeypatch):
    """Rows without what must follow them are never committed."""

    def fail() -> None:
        raise RuntimeError("no capacities")

    monkeypatch.setattr(hooks, "_after_import", [fail])
    with pytest.raises(RuntimeError):
        load(NETWORK)
    assert not Bed.objects.exists()


def test_policies_are_written_as_new_versions():
    """A changed policy is a new row with the name of the importer; an equal one is none."""
    load(NETWORK)
    load(NETWORK)
    load(replace(NETWORK, policy={"G": {"reserve": {"default_beds": 3}}}))
    versions = Policy.objects.order_by("version").values_list("version", "body", "edited_by")
    assert list(versions) == [
        (1, {"reserve": {"default_beds": 2}}, "tester"),
        (2, {"reserve": {"default_beds": 3}}, "tester"),
    ]


def test_progress_is_told_table_by_table():
    """A person who imports a large file sees which table is being written."""
    told = []
    load(NETWORK, progress=lambda table, rows: told.append((table, rows)))
    assert told[:3] == [("organisations", 2), ("sites", 2), ("specialties", 2)]
    assert ("beds", 5) in told
