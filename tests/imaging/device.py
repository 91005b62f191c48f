"""An imaging device at its worklist, played by dcmtk."""

from __future__ import annotations

import subprocess
from pathlib import Path

from pydicom import Dataset, dcmread

from yipan.interop.dicom.worklist import Listening
from yipan.lines.exams.tests.one_scanner import TITLE

KEYS = (
    "PatientName",
    "PatientID",
    "AccessionNumber",
    "StudyInstanceUID",
    "RequestedProcedureDescription",
    "ScheduledProcedureStepSequence[0].Modality",
    "ScheduledProcedureStepSequence[0].ScheduledStationAETitle",
    "ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartTime",
)
DAY = "ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate"


def ask(service: Listening, into: Path, *keys: str, title: str = TITLE, day: str = "20260302") -> list[Dataset]:
    """`findscu -W` as a device asks; the answers."""
    asked = [part for key in (*KEYS, f"{DAY}={day}", *keys) for part in ("-k", key)]
    command = ["findscu", "-W", "-X", "-od", str(into), "-aet", title, "-aec", "YIPAN", "127.0.0.1", str(service.port)]
    done = subprocess.run([*command, *asked], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [dcmread(path, force=True) for path in sorted(into.glob("rsp*.dcm"))]
