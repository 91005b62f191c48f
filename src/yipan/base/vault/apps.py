from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "yipan.base.vault"
    label = "vault"
