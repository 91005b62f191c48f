"""Messages that several tests use, and the sample files where they are present."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ADMIT = (
    "MSH|^~\\&|HIS|CITY|YIPAN|NET|20260301083000+0800||ADT^A01^ADT_A01|M1|P|2.5|||AL|NE||UNICODE UTF-8\r"
    "EVN|A01|20260301083000\r"
    'PID|1||P1^^^HIS^MR~110101199003071234^^^PSN^NI||李^娜^^^^^L^I~LI^NA^^^^^L^A||19900307|F|||""||13800000000\r'
    "PV1|1|I|N3^301^02^CITY|3|||D7^王^强||| NEU |||||||||V100|||||||||||||||||||||||||20260301083000\r"
).encode()


def sample_files() -> list[Path]:
    """The HL7 files of the data folder, none where it is absent."""
    root = os.environ.get("YIPAN_DATA") or Path(__file__).parents[5] / ".." / "shared" / "data"
    return sorted((Path(root) / "hl7v2").glob("*.hl7"))


SAMPLES = sample_files()
needs_samples = pytest.mark.skipif(not SAMPLES, reason="no hl7v2 folder in YIPAN_DATA")
