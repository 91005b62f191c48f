"""One function for each verb of the examinations: access, facts, policy, spine, event; nothing of pages or messages."""

from yipan.lines.exams.actions.changing import revise_exam
from yipan.lines.exams.actions.closing import close_device, reopen_device
from yipan.lines.exams.actions.ordering import order_exam
from yipan.lines.exams.actions.performing import begin_exam, finish_exam, miss_exam
from yipan.lines.exams.actions.quality import add_assessment, add_material, add_runs
from yipan.lines.exams.actions.recognition import recognise, refuse
from yipan.lines.exams.actions.results import store_report
from yipan.lines.exams.actions.rules import set_areas, set_codes, set_rule
from yipan.lines.exams.actions.scheduling import cancel_exam, schedule_exam
from yipan.lines.exams.actions.specimens import collect_specimen, receive_specimen

__all__ = [
    "add_assessment",
    "add_material",
    "add_runs",
    "begin_exam",
    "cancel_exam",
    "close_device",
    "collect_specimen",
    "finish_exam",
    "miss_exam",
    "order_exam",
    "receive_specimen",
    "recognise",
    "refuse",
    "reopen_device",
    "revise_exam",
    "schedule_exam",
    "set_areas",
    "set_codes",
    "set_rule",
    "store_report",
]
