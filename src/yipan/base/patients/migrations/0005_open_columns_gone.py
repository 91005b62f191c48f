"""The open columns go, the sealed ones take their names; numbers are unique by digest."""

from django.db import migrations, models
from django.db.models import Q

from yipan.base.vault.fields import Digest

SEALED = (
    ("patient", "phone"),
    ("patient", "address"),
    ("patient", "contact_name"),
    ("patient", "contact_phone"),
    ("identifier", "value"),
    ("merge", "moved"),
)


class Migration(migrations.Migration):
    dependencies = [("patients", "0004_seal_rows")]
    operations = [
        migrations.RemoveIndex("patient", "patient_phone"),
        migrations.RemoveIndex("identifier", "identifier_value"),
        *(migrations.RemoveField(model, name) for model, name in SEALED),
        *(migrations.RenameField(model, f"{name}_sealed", name) for model, name in SEALED),
        migrations.AlterField("patient", "phone_digest", Digest(of="phone", domain="patients.phone")),
        migrations.AlterField("identifier", "value_digest", Digest(of="value", domain="patients.identifier")),
        migrations.AddIndex(
            "patient",
            models.Index(fields=["phone_digest"], condition=Q(phone_digest__isnull=False), name="patient_phone"),
        ),
        migrations.AddIndex("identifier", models.Index(fields=["value_digest"], name="identifier_value")),
        migrations.AddConstraint(
            "identifier", models.UniqueConstraint(fields=("system", "value_digest"), name="identifier_once")
        ),
        migrations.AddConstraint(
            "identifier",
            models.CheckConstraint(condition=~Q(system="") & Q(value_digest__isnull=False), name="identifier_given"),
        ),
    ]
