"""The version of the network changes with every change, and only when it is committed."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from yipan.base.network import importing
from yipan.base.network.models import (
    Alliance,
    Bed,
    Department,
    Organisation,
    Policy,
    Road,
    Room,
    Site,
    Specialty,
    SpecialtySimilarity,
    Walk,
    Ward,
    WardCompetence,
)
from yipan.base.network.models.version import NetworkVersion, current_version
from yipan.base.network.tests.sample import NETWORK, Editor

TABLES = [
    Organisation,
    Site,
    Specialty,
    SpecialtySimilarity,
    Department,
    Alliance,
    Ward,
    WardCompetence,
    Room,
    Bed,
    Walk,
    Road,
]


@pytest.mark.django_db
@pytest.mark.parametrize("model", TABLES)
def test_every_table_counts(model):
    """A change of any table of the network, by any writer, gives a higher version."""
    importing.import_network(NETWORK, actor=Editor())
    before = current_version()
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{model._meta.db_table}" SET "{model._meta.pk.column}" = "{model._meta.pk.column}"')
    assert current_version() > before


@pytest.mark.django_db
def test_a_new_policy_counts_and_reading_does_not():
    """Policies belong to the network's version; reads leave it alone."""
    importing.import_network(NETWORK, actor=Editor())
    before = current_version()
    assert list(Bed.objects.all())
    assert current_version() == before
    Policy.objects.create(organisation=Organisation.objects.get(code="H"), version=1)
    assert current_version() > before


@pytest.mark.django_db
def test_a_change_that_is_undone_is_not_counted():
    """After a rollback the version is the one of the unchanged network."""
    importing.import_network(NETWORK, actor=Editor())
    before = current_version()
    with transaction.atomic():
        Bed.objects.update(oxygen=True)
        assert current_version() > before
        transaction.set_rollback(True)
    assert current_version() == before


@pytest.mark.django_db
def test_the_number_never_repeats():
    """Even when the row itself is lost, the next change has a number that was not there before."""
    importing.import_network(NETWORK, actor=Editor())
    seen = current_version()
    NetworkVersion.objects.all().delete()
    assert current_version() == 0
    Bed.objects.update(oxygen=False)
    assert current_version() > seen
    assert NetworkVersion.objects.count() == 1
