from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "yipan.base.access"
    label = "access"

    def ready(self) -> None:
        from yipan.base.access import telling, wall
        from yipan.base.access.words import ACTIONS, THINGS
        from yipan.base.audit import journal, labels, watching
        from yipan.base.vault import resealing

        resealing.tell_with(_resealed)
        labels.declare(ACTIONS, THINGS)
        watching.watch(
            watching.Watched("auth_user", private=("password",), ignored=("last_login",)),
            watching.Watched("access_grant"),
            watching.Watched("access_practitioner"),
            watching.Watched("access_emergencyaccess", patient="patient_id", private=("reason", "note")),
        )
        journal.write_within(lambda: wall.passage("audit.write"))
        post_migrate.connect(let_persons_in, sender=self)
        telling.listen()


def _resealed(table: str, rows: int) -> None:
    """A change of keys rewrites rows: with an entry of its own it is not taken for a change from outside."""
    from yipan.base import audit
    from yipan.base.access import SYSTEM

    audit.record(SYSTEM, "keys.resealed", "table", table, data={"rows": rows})


def let_persons_in(**_: Any) -> None:
    """Give the role of persons its rights on tables that are new, or that came back from a backup without them."""
    from yipan.base.access.persons import GRANT

    with connection.cursor() as cursor:
        cursor.execute(GRANT)
