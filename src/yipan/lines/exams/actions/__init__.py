"""One function for each verb of the examinations: access, facts, policy, spine, event; nothing of pages or messages."""

from yipan.lines.exams.actions.changing import revise_exam
from yipan.lines.exams.actions.closing import close_device, reopen_device
from yipan.lines.exams.actions.ordering import order_exam
from yipan.lines.exams.actions.performing import begin_exam, finish_exam, miss_exam
from yipan.lines.exams.actions.results import store_report
from yipan.lines.exams.actions.scheduling import cancel_exam, schedule_exam
from yipan.lines.exams.actions.specimens import collect_specimen, receive_specimen

__all__ = [
    "begin_exam",
    "cancel_exam",
    "close_device",
    "collect_specimen",
    "finish_exam",
    "miss_exam",
    "order_exam",
    "receive_specimen",
    "reopen_device",
    "revise_exam",
    "schedule_exam",
    "store_report",
]
