from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "yipan.base.audit"
    label = "audit"

    def ready(self) -> None:
        from yipan.base.audit import labels, watching
        from yipan.base.audit.words import ACTIONS, THINGS

        labels.declare(ACTIONS, THINGS)
        post_migrate.connect(watching.install, sender=self)
