"""Identities belong to the network: whoever may look for patients anywhere sees and keeps them all, nobody else any."""

from django.db import migrations

from yipan.base.access.persons import FINDER
from yipan.base.access.policies import allow, guard

TABLES = ("patients_patient", "patients_identifier", "patients_duplicatecandidate", "patients_merge")


class Migration(migrations.Migration):
    dependencies = [("patients", "0006_made_anonymous"), ("access", "0003_second_wall")]

    operations = [
        *(guard(table) for table in TABLES),
        *(allow(table, "identities", "SELECT INSERT UPDATE", "true", to=FINDER) for table in TABLES),
    ]
