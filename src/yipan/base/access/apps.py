from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "yipan.base.access"
    label = "access"

    def ready(self) -> None:
        from yipan.base.access.words import ACTIONS
        from yipan.base.audit import labels, watching
        from yipan.base.vault import resealing

        resealing.tell_with(_resealed)
        labels.declare(ACTIONS)
        watching.watch(
            watching.Watched("auth_user", private=("password",), ignored=("last_login",)),
            watching.Watched("access_grant"),
            watching.Watched("access_practitioner"),
        )


def _resealed(table: str, rows: int) -> None:
    """A change of keys rewrites rows: with an entry of its own it is not taken for a change from outside."""
    from yipan.base import audit
    from yipan.base.access import SYSTEM

    audit.record(SYSTEM, "keys.resealed", "table", table, data={"rows": rows})
