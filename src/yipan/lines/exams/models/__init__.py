"""Tables of the examinations, one file per group."""

from yipan.lines.exams.models.catalogue import Category, ExamItem
from yipan.lines.exams.models.orders import ExamOrder
from yipan.lines.exams.models.quality import ControlMaterial, ControlMeasurement, ControlRun, ExternalAssessment
from yipan.lines.exams.models.recognition import REFUSALS, Decision, RecognitionArea, RecognitionRule
from yipan.lines.exams.models.resources import Device, Technician
from yipan.lines.exams.models.results import SCOPES, ItemCode, Result, ResultStatus
from yipan.lines.exams.models.studies import Study

__all__ = [
    "REFUSALS",
    "SCOPES",
    "Category",
    "ControlMaterial",
    "ControlMeasurement",
    "ControlRun",
    "Decision",
    "Device",
    "ExamItem",
    "ExamOrder",
    "ExternalAssessment",
    "ItemCode",
    "RecognitionArea",
    "RecognitionRule",
    "Result",
    "ResultStatus",
    "Study",
    "Technician",
]
