"""One function for each verb of the examinations: access, facts, policy, spine, event; nothing of pages or messages."""

from yipan.lines.exams.actions.catalogue import import_catalogue
from yipan.lines.exams.actions.centres import (
    cover,
    drop_reader,
    make_centre,
    set_centre,
    set_reader,
    set_template,
)
from yipan.lines.exams.actions.changing import revise_exam
from yipan.lines.exams.actions.closing import close_device, reopen_device
from yipan.lines.exams.actions.critical import acknowledge, act, judge_result, raise_critical, tell
from yipan.lines.exams.actions.limits import set_finding, set_head, set_limit
from yipan.lines.exams.actions.ordering import order_exam
from yipan.lines.exams.actions.peer import read_blind, score_report, see_discrepancy
from yipan.lines.exams.actions.performing import begin_exam, finish_exam, miss_exam
from yipan.lines.exams.actions.quality import add_assessment, add_material, add_runs
from yipan.lines.exams.actions.reading import ask_for_reading, claim, give_back, set_duty, take_over
from yipan.lines.exams.actions.recognition import recognise, refuse
from yipan.lines.exams.actions.reports import add, amend, save_preliminary, sign
from yipan.lines.exams.actions.results import store_report
from yipan.lines.exams.actions.rules import add_code, drop_code, set_areas, set_codes, set_rule
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
from yipan.lines.exams.actions.undoing import undo_begin
from yipan.lines.exams.actions.uploads import store_ecg

__all__ = [
    "acknowledge",
    "act",
    "add",
    "add_assessment",
    "add_code",
    "add_material",
    "add_runs",
    "amend",
    "ask_for_reading",
    "attach_study",
    "begin_exam",
    "cancel_exam",
    "claim",
    "close_device",
    "collect_specimen",
    "cover",
    "detach_study",
    "drop_code",
    "drop_reader",
    "finish_exam",
    "give_back",
    "import_catalogue",
    "judge_result",
    "make_centre",
    "match_waiting",
    "miss_exam",
    "order_exam",
    "raise_critical",
    "read_blind",
    "receive_specimen",
    "recognise",
    "refuse",
    "reopen_device",
    "revise_exam",
    "save_preliminary",
    "schedule_exam",
    "score_report",
    "see_discrepancy",
    "set_areas",
    "set_centre",
    "set_codes",
    "set_duty",
    "set_finding",
    "set_head",
    "set_limit",
    "set_reader",
    "set_rule",
    "set_study_aside",
    "set_template",
    "sign",
    "store_ecg",
    "store_report",
    "take_over",
    "take_studies",
    "take_study_up",
    "tell",
    "undo_begin",
]
