"""What each ADT trigger event means for a bed pool (HL7 v2.8, chapter 3), and which segments it cannot do without."""

from __future__ import annotations

from enum import StrEnum


class Meaning(StrEnum):
    """The step in the life of a stay that a message tells."""

    ADMIT = "admit"
    TRANSFER = "transfer"
    DISCHARGE = "discharge"
    REGISTER = "register"
    PREADMIT = "preadmit"
    TO_INPATIENT = "to_inpatient"
    TO_OUTPATIENT = "to_outpatient"
    UPDATE = "update"
    CANCEL_ADMIT = "cancel_admit"
    CANCEL_TRANSFER = "cancel_transfer"
    CANCEL_DISCHARGE = "cancel_discharge"
    EXPECT_ADMIT = "expect_admit"
    EXPECT_TRANSFER = "expect_transfer"
    EXPECT_DISCHARGE = "expect_discharge"
    SWAP = "swap"
    BED_STATUS = "bed_status"
    LEAVE = "leave"
    RETURN = "return"
    CANCEL_EXPECTED_DISCHARGE = "cancel_expected_discharge"
    CANCEL_EXPECTED_TRANSFER = "cancel_expected_transfer"
    CANCEL_EXPECTED_ADMIT = "cancel_expected_admit"
    ADD_PERSON = "add_person"
    UPDATE_PERSON = "update_person"
    MERGE = "merge"


MEANINGS: dict[str, Meaning] = {
    "A01": Meaning.ADMIT,
    "A02": Meaning.TRANSFER,
    "A03": Meaning.DISCHARGE,
    "A04": Meaning.REGISTER,
    "A05": Meaning.PREADMIT,
    "A06": Meaning.TO_INPATIENT,
    "A07": Meaning.TO_OUTPATIENT,
    "A08": Meaning.UPDATE,
    "A11": Meaning.CANCEL_ADMIT,
    "A12": Meaning.CANCEL_TRANSFER,
    "A13": Meaning.CANCEL_DISCHARGE,
    "A14": Meaning.EXPECT_ADMIT,
    "A15": Meaning.EXPECT_TRANSFER,
    "A16": Meaning.EXPECT_DISCHARGE,
    "A17": Meaning.SWAP,
    "A20": Meaning.BED_STATUS,
    "A21": Meaning.LEAVE,
    "A22": Meaning.RETURN,
    "A25": Meaning.CANCEL_EXPECTED_DISCHARGE,
    "A26": Meaning.CANCEL_EXPECTED_TRANSFER,
    "A27": Meaning.CANCEL_EXPECTED_ADMIT,
    "A28": Meaning.ADD_PERSON,
    "A31": Meaning.UPDATE_PERSON,
    "A40": Meaning.MERGE,
}


def needed_segments(trigger: str) -> tuple[str, ...]:
    """The segments, with repetition, without which a message of this trigger says nothing."""
    match trigger:
        case "A17":
            return ("PID", "PV1", "PID", "PV1")
        case "A20":
            return ("NPU",)
        case "A40":
            return ("PID", "MRG")
        case _:
            return ("PID",)
