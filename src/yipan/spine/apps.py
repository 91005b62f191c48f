from django.apps import AppConfig


class SpineConfig(AppConfig):
    name = "yipan.spine"
    label = "spine"

    def ready(self) -> None:
        from yipan.base.audit import findings, journals, watching
        from yipan.base.network import hooks as network_hooks
        from yipan.base.patients import hooks as patient_hooks
        from yipan.spine import capacities, consistency, identity, known

        network_hooks.after_import(capacities.follow_network)
        known.announce()
        patient_hooks.on_merge(identity.relabel, identity.restore)
        journals.register(journals.Journal("event", "spine_event", "kind", "recorded_at"))
        watching.watch(
            watching.Watched("spine_booking", patient="patient_id", ignored=("changed",)),
            watching.Watched("spine_request", patient="patient_id"),
            watching.Watched("spine_capacity"),
        )
        findings.check("bookings", consistency.bookings)
