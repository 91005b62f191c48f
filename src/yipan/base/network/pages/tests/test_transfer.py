"""Upload, check, look, confirm; and the export."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from yipan.base.network import exporting
from yipan.base.network.models import Bed, Upload
from yipan.base.network.models.version import current_version
from yipan.base.network.stored import snapshot
from yipan.base.network.tests.sample import NETWORK

pytestmark = pytest.mark.django_db
IMPORT = "network:import"


def file(network=NETWORK, name: str = "network.zip") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, exporting.to_zip(network))


MORE = replace(
    NETWORK,
    beds=(replace(NETWORK.beds[0], oxygen=False), *NETWORK.beds[1:], replace(NETWORK.beds[0], code="B9", label="9")),
)


def test_a_good_file_is_looked_at_before_it_is_imported(manager):
    """Checking writes nothing; the review shows counts and differences; confirming imports, once."""
    response = manager.post(reverse(IMPORT), {"file": file(MORE)}, follow=True)
    page = response.content.decode()
    assert "Oxygen supply: True → False" in page
    assert "B9" in page
    assert Bed.objects.count() == 5
    kept = Upload.objects.get()
    confirm = reverse("network:import_confirm", args=[kept.pk])
    assert "imported" in manager.post(confirm)["Location"]
    assert Bed.objects.count() == 6
    assert manager.post(confirm).status_code == 404
    assert apps.get_model("audit", "Entry").objects.filter(action="network.imported").count() == 2


def test_mistakes_are_listed_with_row_and_column(manager):
    """A file with a mistake is not kept; the table names file, row, column, value and what to do."""
    bad = replace(NETWORK, beds=(replace(NETWORK.beds[0], room="999"), *NETWORK.beds[1:]))
    response = manager.post(reverse(IMPORT), {"file": file(bad)})
    page = response.content.decode()
    assert response.status_code == 422
    for words in ("beds.csv", ">2<", "room", "999", "Ward NEU1 has no room with this label."):
        assert words in page
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [({}, "Choose a file first."), ({"file": SimpleUploadedFile("n.doc", b"x")}, "Give a folder or .zip")],
)
def test_no_file_or_another_kind_is_one_sentence(manager, data, words):
    """Nothing chosen, or a file of another kind."""
    response = manager.post(reverse(IMPORT), data)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_a_network_that_changed_meanwhile_is_looked_at_again(manager):
    """Between look and confirmation somebody edits: nothing is imported, and the review shows the new differences."""
    manager.post(reverse(IMPORT), {"file": file(MORE)})
    kept = Upload.objects.get()
    Bed.objects.filter(code="NEU1-02").update(monitor=True)
    confirm = reverse("network:import_confirm", args=[kept.pk])
    response = manager.post(confirm)
    assert response.status_code == 409
    assert "Monitor: True → False" in response.content.decode()
    assert Bed.objects.count() == 5
    assert manager.post(confirm).status_code == 302
    assert Bed.objects.count() == 6


def test_removal_is_asked_for(manager):
    """With the box ticked, what the file no longer holds is shown as removed and removed."""
    fewer = replace(NETWORK, beds=NETWORK.beds[1:])
    manager.post(reverse(IMPORT), {"file": file(fewer), "replace": "1"})
    manager.post(reverse("network:import_confirm", args=[Upload.objects.get().pk]))
    assert not Bed.objects.filter(code="NEU1-01").exists()


def test_a_discarded_file_is_gone(manager):
    """Discarding forgets the file and changes nothing."""
    manager.post(reverse(IMPORT), {"file": file(MORE)})
    version = current_version()
    manager.post(reverse("network:import_discard", args=[Upload.objects.get().pk]))
    assert (Upload.objects.exists(), current_version()) == (False, version)


def test_an_upload_belongs_to_its_person(manager, browser):
    """Another manager cannot confirm it."""
    manager.post(reverse(IMPORT), {"file": file(MORE)})
    response = browser("manager", "G").post(reverse("network:import_confirm", args=[Upload.objects.get().pk]))
    assert (response.status_code, Bed.objects.count()) == (404, 5)


@pytest.mark.parametrize(("role", "at"), [("doctor", "G"), ("manager", "H")])
def test_only_managers_of_everything_import(stored, browser, role, at):
    """An import concerns everybody."""
    client = browser(role, at)
    assert client.get(reverse(IMPORT)).status_code == 403
    assert client.post(reverse(IMPORT), {"file": file(MORE)}).status_code == 403
    assert not Upload.objects.exists()


@pytest.mark.parametrize("kind", ["zip", "json", "toml"])
def test_the_export_is_the_network(manager, kind):
    """The downloaded file is the one of the command line, and the download is audited."""
    response = manager.get(reverse("network:export", args=[kind]))
    make = {"zip": exporting.to_zip, "json": exporting.to_json, "toml": exporting.to_toml}[kind]
    assert response.content == make(snapshot())
    assert f'.{kind}"' in response["Content-Disposition"]
    assert apps.get_model("audit", "Entry").objects.filter(action="network.exported").exists()


def test_an_unknown_format_does_not_exist(manager, browser):
    """export.doc is no page, and a hospital's doctor does not get the whole network."""
    assert manager.get(reverse("network:export", args=["doc"])).status_code == 404
    assert browser("doctor", "H").get(reverse("network:export", args=["zip"])).status_code == 403
