"""The examinations keep what every line keeps."""

from __future__ import annotations

from yipan.lines.exams.line import LINE
from yipan.spine.testing import LineContract


class TestExams(LineContract):
    """The contract of service lines."""

    line = LINE
    package = "yipan.lines.exams"
