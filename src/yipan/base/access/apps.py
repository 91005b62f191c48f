from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "yipan.base.access"
    label = "access"

    def ready(self) -> None:
        from yipan.base.access import telling
        from yipan.base.access.words import ACTIONS
        from yipan.base.audit import labels

        labels.declare(ACTIONS)
        telling.listen()
