"""A short way to the last look at a list, which is asked at every look."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_seals")]
    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("object_type", "list")),
                fields=["object_id", "actor_user_id", "-at"],
                name="audit_list",
            ),
        ),
    ]
