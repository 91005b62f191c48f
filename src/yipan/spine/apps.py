from django.apps import AppConfig


class SpineConfig(AppConfig):
    name = "yipan.spine"
    label = "spine"

    def ready(self) -> None:
        from yipan.base.network import hooks as network_hooks
        from yipan.base.patients import hooks as patient_hooks
        from yipan.spine import capacities, identity, known

        network_hooks.after_import(capacities.follow_network)
        known.announce()
        patient_hooks.on_merge(identity.relabel, identity.restore)
