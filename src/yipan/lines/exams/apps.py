from django.apps import AppConfig


class ExamsConfig(AppConfig):
    name = "yipan.lines.exams"
    label = "exams"

    def ready(self) -> None:
        from yipan.base.audit import watching
        from yipan.lines.exams import known, line

        line.announce()
        known.announce()
        watching.watch(
            watching.Watched("exams_examorder", key="request_id", private=("reason",)),
            watching.Watched(
                "exams_study",
                private=("patient_number", "patient_digest", "patient_name", "birth_date", "description"),
                ignored=("series", "instances", "modalities", "changed_at"),
            ),
            watching.Watched("exams_result", private=("text", "value", "note")),
            watching.Watched("exams_decision", private=("text",)),
            watching.Watched("exams_criticalrule"),
            watching.Watched("exams_criticalfinding"),
            watching.Watched("exams_departmenthead", key="department_id"),
            watching.Watched(
                "exams_criticalvalue", patient="patient_id", private=("value", "note", "read_back", "action")
            ),
        )
