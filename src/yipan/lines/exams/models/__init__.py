"""Tables of the examinations, one file per group."""

from yipan.lines.exams.models.catalogue import Category, ExamItem
from yipan.lines.exams.models.orders import ExamOrder
from yipan.lines.exams.models.resources import Device, Technician
from yipan.lines.exams.models.studies import Study

__all__ = ["Category", "Device", "ExamItem", "ExamOrder", "Study", "Technician"]
