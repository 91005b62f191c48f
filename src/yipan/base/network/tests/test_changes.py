"""The difference of two networks is what an import does."""

from __future__ import annotations

from dataclasses import replace

from yipan.base.network.changes import compare
from yipan.base.network.rows import NetworkFile
from yipan.base.network.tests.sample import NETWORK


def test_the_same_network_changes_nothing():
    """Importing what is stored is no change."""
    assert not compare(NETWORK, NETWORK, replace=True)


def test_rows_are_added_changed_and_kept_by_code():
    """A row with a known code and another value is a change of the columns that differ."""
    renamed = replace(NETWORK.beds[0], label="1A", oxygen=False)
    new = replace(NETWORK.beds[0], code="NEU1-09", label="09")
    beds = compare(NETWORK, replace(NETWORK, beds=(renamed, new))).table("beds")
    assert (beds.added, beds.removed, beds.unchanged) == ((new,), (), 0)
    assert [(c.before, c.after, c.columns) for c in beds.changed] == [(NETWORK.beds[0], renamed, ("label", "oxygen"))]


def test_rows_are_removed_only_with_replace_and_only_of_given_tables():
    """A bed that the file does not hold stays, unless the file is to replace the table."""
    fewer = replace(NETWORK, beds=NETWORK.beds[1:])
    assert compare(NETWORK, fewer).table("beds").removed == ()
    assert compare(NETWORK, fewer, replace=True).table("beds").removed == NETWORK.beds[:1]
    only_wards = NetworkFile(wards=NETWORK.wards, given=frozenset({"wards"}))
    assert not compare(NETWORK, only_wards, replace=True)


def test_organisations_are_never_removed():
    """Rights hang on organisations: leaving one out of a file does not take it away."""
    fewer = replace(NETWORK, organisations=NETWORK.organisations[:1])
    assert not compare(NETWORK, fewer, replace=True)


def test_only_a_changed_policy_gets_a_new_version():
    """The summary counts the policies that differ."""
    other = replace(NETWORK, policy={"G": {"reserve": {"default_beds": 3}}, "H": {}})
    assert dict(compare(NETWORK, other).policy) == {"G": {"reserve": {"default_beds": 3}}, "H": {}}
    assert compare(NETWORK, other).summary()["policy"]["changed"] == 2
