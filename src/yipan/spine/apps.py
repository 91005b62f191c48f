from django.apps import AppConfig

PASSAGES = {
    "spine.body": "a patient lies in one place of the network, and asks for one bed, whoever wants to place them",
    "spine.capacities": "who brings a new network in does what only the owner of the tables may: fresh statistics",
    "spine.consequences": "what a booking ends elsewhere: holds that ran out, the place that a patient leaves",
    "spine.joint": "what is booked together lies in several organisations; each line checks the rights to its own part",
    "spine.merge": "requests and bookings follow a patient whose two records became one, wherever they are",
}


class SpineConfig(AppConfig):
    name = "yipan.spine"
    label = "spine"

    def ready(self) -> None:
        from yipan.base.access import matrix
        from yipan.base.audit import findings, journals, watching
        from yipan.base.network import hooks as network_hooks
        from yipan.base.patients import hooks as patient_hooks
        from yipan.spine import capacities, consistency, identity, known

        for name, reason in PASSAGES.items():
            matrix.declare_passage(name, reason)
        network_hooks.after_import(capacities.follow_network)
        known.announce()
        patient_hooks.on_merge(identity.relabel, identity.restore)
        journals.register(journals.Journal("event", "spine_event", "kind", "recorded_at"))
        watching.watch(
            watching.Watched("spine_booking", patient="patient_id", ignored=("changed", "reach")),
            watching.Watched("spine_request", patient="patient_id", ignored=("changed", "reach")),
            watching.Watched("spine_capacity"),
        )
        findings.check("bookings", consistency.bookings)
