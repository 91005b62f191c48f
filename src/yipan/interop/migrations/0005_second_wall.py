"""Messages as received are for those who look after their sender, or after a sender that nobody has mapped yet."""

from django.db import migrations

from yipan.base.access.policies import allow, guard

SENDER = """
(SELECT yipan_paths('messages')) <> '{}' AND source_id IN (
  SELECT source.id FROM interop_source source
  LEFT JOIN network_organisation organisation ON organisation.id = source.organisation_id
  WHERE organisation.id IS NULL OR organisation.path LIKE ANY (yipan_paths('messages'))
)
"""


class Migration(migrations.Migration):
    dependencies = [("interop", "0004_open_columns_gone"), ("access", "0003_second_wall")]

    operations = [
        guard("interop_inboundmessage"),
        allow("interop_inboundmessage", "sender", "SELECT UPDATE", SENDER),
    ]
