"""Tables of the examinations, one file per group."""

from yipan.lines.exams.models.catalogue import Category, ExamItem
from yipan.lines.exams.models.critical import (
    CriticalEscalation,
    CriticalFinding,
    CriticalRule,
    CriticalValue,
    DepartmentHead,
)
from yipan.lines.exams.models.orders import ExamOrder
from yipan.lines.exams.models.quality import ControlMaterial, ControlMeasurement, ControlRun, ExternalAssessment
from yipan.lines.exams.models.reading import Coverage, Grade, Reader, Reading, ReadingCentre, ReadingClaim
from yipan.lines.exams.models.recognition import REFUSALS, Decision, RecognitionArea, RecognitionRule
from yipan.lines.exams.models.reports import PeerReview, Report, ReportTemplate, Stage
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
    "Coverage",
    "CriticalEscalation",
    "CriticalFinding",
    "CriticalRule",
    "CriticalValue",
    "Decision",
    "DepartmentHead",
    "Device",
    "ExamItem",
    "ExamOrder",
    "ExternalAssessment",
    "Grade",
    "ItemCode",
    "PeerReview",
    "Reader",
    "Reading",
    "ReadingCentre",
    "ReadingClaim",
    "RecognitionArea",
    "RecognitionRule",
    "Report",
    "ReportTemplate",
    "Result",
    "ResultStatus",
    "Stage",
    "Study",
    "Technician",
]
