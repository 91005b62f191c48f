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
from yipan.lines.exams.models.reading import Coverage, Grade, Reader, Reading, ReadingCentre, ReadingClaim
from yipan.lines.exams.models.reports import PeerReview, Report, ReportTemplate, Stage
from yipan.lines.exams.models.resources import Device, Technician

__all__ = [
    "Category",
    "Coverage",
    "CriticalEscalation",
    "CriticalFinding",
    "CriticalRule",
    "CriticalValue",
    "DepartmentHead",
    "Device",
    "ExamItem",
    "ExamOrder",
    "Grade",
    "PeerReview",
    "Reader",
    "Reading",
    "ReadingCentre",
    "ReadingClaim",
    "Report",
    "ReportTemplate",
    "Stage",
    "Technician",
]
