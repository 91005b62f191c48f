"""Columns for what is sealed from now on, beside the open ones; filled by 0004, which 0005 finishes."""

from django.db import migrations

from yipan.base.vault.fields import Digest, SealedJson, SealedText


class Migration(migrations.Migration):
    dependencies = [("patients", "0002_no_ring_of_merges")]
    operations = [
        migrations.AddField("patient", "phone_sealed", SealedText(label="patients.phone")),
        migrations.AddField("patient", "phone_digest", Digest(of="phone_sealed", domain="patients.phone")),
        migrations.AddField("patient", "address_sealed", SealedText(label="patients.address")),
        migrations.AddField("patient", "contact_name_sealed", SealedText(label="patients.contact_name")),
        migrations.AddField("patient", "contact_phone_sealed", SealedText(label="patients.contact_phone")),
        migrations.AddField("identifier", "value_sealed", SealedText(label="patients.identifier")),
        migrations.AddField("identifier", "value_digest", Digest(of="value_sealed", domain="patients.identifier")),
        migrations.AddField("merge", "moved_sealed", SealedJson(label="patients.merge.moved")),
        # The open values are emptied row by row: what holds them unique and given comes back by digest in 0005.
        migrations.RemoveConstraint("identifier", "identifier_once"),
        migrations.RemoveConstraint("identifier", "identifier_given"),
    ]
