from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "yipan.base.access"
    label = "access"

    def ready(self) -> None:
        from yipan.base.access import wall
        from yipan.base.access.words import ACTIONS
        from yipan.base.audit import journal, labels

        labels.declare(ACTIONS)
        journal.write_within(lambda: wall.passage("audit.write"))
        post_migrate.connect(let_persons_in, sender=self)


def let_persons_in(**_: Any) -> None:
    """Give the role of persons its rights on tables that are new, or that came back from a backup without them."""
    from yipan.base.access.persons import GRANT

    with connection.cursor() as cursor:
        cursor.execute(GRANT)
