"""One function for each verb of the examinations: access, facts, policy, spine, event; nothing of pages or messages."""

from yipan.lines.exams.actions.changing import revise_exam
from yipan.lines.exams.actions.closing import close_device, reopen_device
from yipan.lines.exams.actions.ordering import order_exam
from yipan.lines.exams.actions.performing import begin_exam, finish_exam, miss_exam
from yipan.lines.exams.actions.results import store_report
from yipan.lines.exams.actions.scheduling import cancel_exam, schedule_exam
from yipan.lines.exams.actions.specimens import collect_specimen, receive_specimen
from yipan.lines.exams.actions.studies import (
    attach_study,
    detach_study,
    match_waiting,
    set_study_aside,
    take_studies,
    take_study_up,
)
from yipan.lines.exams.actions.uploads import store_ecg

__all__ = [
    "attach_study",
    "begin_exam",
    "cancel_exam",
    "close_device",
    "collect_specimen",
    "detach_study",
    "finish_exam",
    "match_waiting",
    "miss_exam",
    "order_exam",
    "receive_specimen",
    "reopen_device",
    "revise_exam",
    "schedule_exam",
    "set_study_aside",
    "store_ecg",
    "store_report",
    "take_studies",
    "take_study_up",
]
