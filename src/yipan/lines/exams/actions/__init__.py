"""One function for each verb of the examinations: access, facts, policy, spine, event; nothing of pages or messages."""

from yipan.lines.exams.actions.closing import close_device, reopen_device
from yipan.lines.exams.actions.critical import acknowledge, act, judge_result, raise_critical, tell
from yipan.lines.exams.actions.ordering import order_exam
from yipan.lines.exams.actions.peer import read_blind, score_report, see_discrepancy
from yipan.lines.exams.actions.performing import begin_exam, finish_exam, miss_exam
from yipan.lines.exams.actions.reading import ask_for_reading, claim, give_back, set_duty, take_over
from yipan.lines.exams.actions.reports import add, amend, save_preliminary, sign
from yipan.lines.exams.actions.scheduling import cancel_exam, schedule_exam
from yipan.lines.exams.actions.specimens import collect_specimen, receive_specimen

__all__ = [
    "acknowledge",
    "act",
    "add",
    "amend",
    "ask_for_reading",
    "begin_exam",
    "cancel_exam",
    "claim",
    "close_device",
    "collect_specimen",
    "finish_exam",
    "give_back",
    "judge_result",
    "miss_exam",
    "order_exam",
    "raise_critical",
    "read_blind",
    "receive_specimen",
    "reopen_device",
    "save_preliminary",
    "schedule_exam",
    "score_report",
    "see_discrepancy",
    "set_duty",
    "sign",
    "take_over",
    "tell",
]
