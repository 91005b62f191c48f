from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "yipan.base.audit"
    label = "audit"
