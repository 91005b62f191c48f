"""Sentences of messages: why one waits, what one did, and what to do about it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = dict[str, str | Promise]

REASONS: Words = {
    # The sender and its mappings: somebody has to complete them.
    "source_unmapped": _("Nobody has said yet to which organisation the sender {sender} belongs."),
    "location_unknown": _("No bed is known for the location {location}. Name it on the sender's page."),
    "location_ambiguous": _("Several beds fit the location {location}. Name the right one on the sender's page."),
    "bed_code_unknown": _("There is no bed with the code {bed} in this organisation."),
    "department_untold": _(
        "The message names no department that is known here (PV1-10 {service}). Map the service on the sender's page."
    ),
    "bed_of_other_organisation": _(
        "Bed {bed} belongs to another organisation than the sender. A system speaks for its own beds only."
    ),
    # The content of the message.
    "bed_missing": _("The message names no bed ({where})."),
    "patient_identifier_missing": _("The message has no identifier of the patient ({where})."),
    "event_time_missing": _("The message does not say when it happened ({fields})."),
    "expected_discharge_missing": _("The message does not say when the patient is expected to leave (PV2-9)."),
    "bed_status_unknown": _("The bed status {status} (NPU-2) is not one of table 0116."),
    "swap_needs_two": _("An exchange of beds needs exactly two patients in the message."),
    "time_in_future": _("The message speaks of {at}, which is still to come. Check the sender's clock and time zone."),
    "older_than_known": _("The message speaks of {at}; the present stay began later, at {known}."),
    # What is known contradicts the message; other messages may still explain it.
    "patient_not_known": _("No message has made this patient known yet."),
    "patient_not_in_bed": _("The patient is not in a bed, as far as is known."),
    "patient_in_bed": _("The patient is in a bed already."),
    "patient_in_other_bed": _("The patient is in bed {bed}. A transfer message (A02) is missing, or the bed is wrong."),
    "bed_occupied": _("Another patient is in bed {bed}. Their discharge or transfer has not been told."),
    "bed_closed": _("Bed {bed} is closed here. Reopen it, or correct the bed in the sending system."),
    "bed_taken_then": _("Bed {bed} was taken by somebody else until {until}."),
    "bed_differs": _("The patient came from bed {bed}, not from the one that the message names."),
    "bed_occupied_by_nobody": _("The message says that bed {bed} is occupied, but not by whom."),
    "beds_not_swapped": _("The two patients are not in each other's beds, as far as is known."),
    "visit_differs": _("The patient's present stay has another visit number than the message."),
    "visit_ended": _("This visit is over already. If it was reopened, the cancelled discharge (A13) is missing."),
    "stay_has_transfers": _("The patient was transferred since. Cancel the transfers (A12) first."),
    "no_admission_to_cancel": _("There is no admission of this patient that could be cancelled."),
    "no_discharge_to_cancel": _("There is no discharge of this patient that could be cancelled."),
    "overtaken": _("A later message ({by}) about the same patient has told where they are now."),
    "placed_by_his": _("The hospital's own system has put the patient here."),
    # Here.
    "internal": _("An error inside Yipan ({error}). Your administrator finds the details in the log; try again later."),
    "store_unavailable": _("The message could not be stored. Please send it again."),
    "message_unknown": _("There is no such message, or you may not see it."),
    "message_content_gone": _(
        "The content of this message was removed when its time was over; it cannot be tried again."
    ),
    "message_step": _("This is not possible for a message in the state “{state}”."),
    "receiver_unknown": _("There is no such receiver, or you may not see it."),
    "mllp_answer_unreadable": _("{host} port {port} gave an answer that is no acknowledgement."),
    "mllp_answer_error": _("{host} port {port} answered that it cannot take the message now (AE)."),
    "port_range": _("A port is a number from 1 to 65535."),
    "name_taken": _("This name is taken already."),
    "source_unknown": _("There is no such sender, or you may not see it."),
    "ignore_reason_missing": _("Please say why the message shall have no effect."),
    "time_zone_untold": _("There is no time zone “{value}”. An example: Asia/Shanghai."),
    "mapping_line": _("Line {line} cannot be read. Write one “name = value” on each line."),
    "department_code_unknown": _("There is no department with the code {department}."),
    "location_missing": _("Please give the location as the sender writes it."),
}
"""Code → why a message waits, or why a person's wish was refused."""

TITLES: Words = {
    "source_unmapped": _("Sender not assigned"),
    "location_unknown": _("Unknown location"),
    "location_ambiguous": _("Ambiguous location"),
    "department_untold": _("Unknown department"),
    "bed_of_other_organisation": _("Bed of another organisation"),
    "bed_missing": _("No bed in the message"),
    "patient_identifier_missing": _("No patient identifier"),
    "time_in_future": _("Time still to come"),
    "older_than_known": _("Older than what is known"),
    "patient_not_known": _("Patient not known yet"),
    "patient_not_in_bed": _("Patient not in a bed"),
    "patient_in_bed": _("Patient in a bed already"),
    "patient_in_other_bed": _("Patient in another bed"),
    "bed_occupied": _("Bed occupied"),
    "bed_closed": _("Bed closed"),
    "bed_taken_then": _("Bed taken at that time"),
    "bed_differs": _("Another bed than told"),
    "bed_occupied_by_nobody": _("Occupied by nobody known"),
    "beds_not_swapped": _("Not in each other's beds"),
    "exam_item_untold": _("Examination not in the catalogue"),
    "exam_order_not_told": _("Order not known yet"),
    "order_number_missing": _("No order number"),
    "visit_differs": _("Another visit"),
    "visit_ended": _("Visit over already"),
    "internal": _("Error inside Yipan"),
}
"""Code → a few words for lists of reasons; a rare code shows itself."""

UNREADABLE = _("Content cannot be read")

OUTCOMES: Words = {
    "admitted": _("Patient recorded in the bed"),
    "waits_for_bed": _("Request for a bed made"),
    "transferred": _("Patient moved to the bed"),
    "discharged": _("Patient left; bed goes to cleaning"),
    "updated": _("Patient and stay brought up to date"),
    "person_told": _("Patient brought up to date"),
    "merged": _("Patient records merged"),
    "nobody_known": _("Neither patient is known here"),
    "admission_cancelled": _("Admission taken back"),
    "transfer_cancelled": _("Transfer taken back"),
    "discharge_cancelled": _("Discharge taken back"),
    "transfer_expected": _("Expected transfer noted"),
    "transfer_not_expected": _("Expected transfer withdrawn"),
    "discharge_expected": _("Expected discharge announced"),
    "discharge_not_expected": _("Expected discharge withdrawn"),
    "swapped": _("Two patients changed beds"),
    "away": _("Leave of absence noted"),
    "back": _("Return from leave noted"),
    "cleaning": _("Bed sent to cleaning"),
    "bed_ready": _("Bed cleaned"),
    "bed_closed": _("Bed closed"),
    "bed_open": _("Bed opened again"),
    "exam_ordered": _("Examination ordered"),
    "exam_changed": _("Order of an examination changed"),
    "exam_cancelled": _("Order of an examination withdrawn"),
    "order_control_not_used": _("An order code that is not used"),
    "result_stored": _("Result stored"),
    "result_corrected": _("Result corrected; the former one is kept"),
    "result_empty": _("No result in it yet"),
    "already_so": _("Known already"),
    "not_inpatient": _("Not about an inpatient"),
    "kind_not_used": _("Messages of this kind are kept but not used"),
}
"""Code → what a message did."""

ADVICE: Words = {
    "source_unmapped": _("Choose the sender's organisation on its page; the messages are then tried again."),
    "location_unknown": _("Choose the bed on the sender's page; the messages are then tried again."),
    "location_ambiguous": _("Choose the bed on the sender's page; the messages are then tried again."),
    "department_untold": _("Map the hospital service to a department on the sender's page, then try again."),
    "exam_item_untold": _("Add the code to an item of the catalogue, then try again."),
    "bed_closed": _("Reopen the bed on the board, or have the sending system corrected, then try again."),
    "patient_in_other_bed": _("Ask the ward where the patient is. Correct it there or here, then try again."),
    "bed_occupied": _("Ask the ward who is in the bed. The message is tried again as soon as the bed changes."),
    "internal": _("Tell your administrator the number of this message."),
}
"""Code → what to do; codes that are not here get one of the two general ones."""

BY_MAPPING = frozenset({"source_unmapped", "location_unknown", "location_ambiguous", "department_untold"})
"""Reasons that the sender's page can remove."""

TRIED_AGAIN = _("Nothing to do for now: the message is tried again by itself.")
DECIDE = _("Have it corrected in the sending system, or decide here: try again or ignore.")

ACTIONS = {
    "message.read": _("Opened a message with patient data"),
    "message.replay": _("Tried a message again"),
    "message.replay_all": _("Tried waiting messages again"),
    "message.send_again": _("Sent messages again that a receiver had refused"),
    "message.drop": _("Decided not to send a message"),
    "receiver.add": _("Added a receiver of messages"),
    "receiver.edit": _("Changed a receiver of messages"),
    "message.ignore": _("Decided to ignore a message"),
    "source.heard": _("A sender was heard for the first time"),
    "source.edit": _("Changed the mapping of a sender"),
    "source.alias": _("Named the bed of a sender's location"),
    "source.alias_removed": _("Removed the name of a location"),
}

SENTENCES: Words = REASONS


def title(code: str) -> str:
    """A reason in a few words."""
    return str(TITLES.get(code, UNREADABLE if code.startswith("hl7_") else code))


def outcome(code: str) -> str:
    """What a message did, in the active language."""
    return str(OUTCOMES.get(code, code))


def advice(code: str, *, again: bool) -> str:
    """What to do about a waiting message."""
    return str(ADVICE.get(code, TRIED_AGAIN if again else DECIDE))


THINGS = {
    "source": _("Source of messages"),
    "message": _("Message"),
    "outbound": _("Message sent"),
    "receiver": _("Receiver of messages"),
}
"""What entries of the audit trail concern."""
