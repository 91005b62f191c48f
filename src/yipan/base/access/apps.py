from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "yipan.base.access"
    label = "access"

    def ready(self) -> None:
        from yipan.base.access.words import ACTIONS
        from yipan.base.audit import labels, watching

        labels.declare(ACTIONS)
        watching.watch(
            watching.Watched("auth_user", private=("password",), ignored=("last_login",)),
            watching.Watched("access_grant"),
            watching.Watched("access_practitioner"),
        )
