"""What is exported imports again, and exports to the same bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.base.network import exporting, files, validate
from yipan.base.network.rows import NetworkFile, SpecialtyRow
from yipan.base.network.tests.sample import NETWORK

FORMS = {"n.zip": exporting.to_zip, "n.json": exporting.to_json, "n.toml": exporting.to_toml}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_reads_back_to_the_same_network(name):
    """Zip, JSON and TOML lose nothing."""
    network = validate.check(files.read_bytes(name, FORMS[name](NETWORK)))
    assert all(set(network.table(t)) == set(NETWORK.table(t)) for t in NETWORK.given - {"policy"})
    assert network.policy == NETWORK.policy
    assert FORMS[name](network) == FORMS[name](NETWORK)


@pytest.mark.parametrize("target", ["folder", "n.zip", "n.json", "n.toml"])
def test_a_written_target_reads_back(tmp_path, target):
    """The ending of the target chooses the form; without one it is a folder."""
    written = exporting.write(NETWORK, tmp_path / target)
    assert len(written) == (13 if target == "folder" else 1)
    network = validate.check(files.read(tmp_path / target))
    assert exporting.to_csv(network) == exporting.to_csv(NETWORK)


def test_the_order_of_rows_does_not_matter():
    """Rows are written sorted by their key, so equal networks are equal files."""
    turned = NetworkFile(**{t: NETWORK.table(t)[::-1] for t in NETWORK.given - {"policy"}}, policy=NETWORK.policy)
    assert exporting.to_zip(turned) == exporting.to_zip(NETWORK)


def test_excel_sees_utf_8():
    """CSV files begin with the byte-order mark, without which Excel breaks Chinese."""
    assert all(data.startswith(b"\xef\xbb\xbf") for name, data in exporting.to_csv(NETWORK).items() if "csv" in name)


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40).map(str.strip).filter(bool)


@given(TEXT, TEXT)
def test_any_name_survives_every_form(name, name_en):
    """Quotes, separators, emoji and spaces in names come back as they were."""
    network = NetworkFile(specialties=(SpecialtyRow("1", name, name_en),), given=frozenset({"specialties"}))
    for file, form in FORMS.items():
        assert validate.check(files.read_bytes(file, form(network))) == network
