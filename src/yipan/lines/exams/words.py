"""Codes of the examinations in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from yipan.ui import messages

SENTENCES = {
    "exam_item_unknown": gettext_lazy("This examination is not in the catalogue, or is no longer offered."),
    "exam_order_unknown": gettext_lazy("This order does not exist."),
    "exam_repeated": gettext_lazy(
        "The same examination was ordered or done a short time ago. Confirm that it is needed."
    ),
    "exam_order_step": gettext_lazy("This is no longer possible: the order has changed meanwhile. Reload the page."),
    "exam_needs_no_slot": gettext_lazy("This examination needs no time on a device."),
    "exam_slot_refused": gettext_lazy("This time is not possible any more: {cause} Choose another one."),
    "exam_slot_taken": gettext_lazy("Somebody else has just taken this time. Choose another one."),
    "exam_device_unknown": gettext_lazy("This device does not exist."),
    "exam_device_in_use": gettext_lazy("Somebody is still being examined on this device, or it is closed."),
    "exam_technician_in_use": gettext_lazy("{name} is still working on another examination. Choose who does this one."),
    "exam_technician_unknown": gettext_lazy("This technician does not exist, or is not qualified for the examination."),
    "exam_best_soonest": gettext_lazy("The earliest finish in the network"),
    "exam_best_nearest": gettext_lazy("The shortest way"),
    "exam_best_balanced": gettext_lazy("The best of time and way"),
    "exam_later": gettext_lazy("Done {minutes} min later than the first"),
    "exam_sooner": gettext_lazy("Done {minutes} min earlier than the first"),
    "exam_further": gettext_lazy("{minutes} min further"),
    "exam_closer": gettext_lazy("{minutes} min closer"),
    "exam_as_good": gettext_lazy("As good as the first"),
    "exam_no_way": gettext_lazy("Where the patient is"),
    "exam_way": gettext_lazy("{minutes} min by road"),
    "exam_prepared": gettext_lazy("Not earlier: preparing takes {minutes} min"),
    "exam_device_closed": gettext_lazy("The device is closed."),
    "exam_outside_hours": gettext_lazy("It is outside the device's hours."),
    "exam_device_busy": gettext_lazy("The device is booked."),
    "exam_no_staff": gettext_lazy("Nobody at the site is qualified for this examination."),
    "exam_staff_busy": gettext_lazy("Everybody qualified is busy or off duty."),
    "exam_patient_elsewhere": gettext_lazy("The patient has another appointment then, or is on the way."),
    "order_not_performed": gettext_lazy("This examination has not been done yet."),
    "reading_unknown": gettext_lazy("This examination is not on the worklist of a centre where you read."),
    "reading_taken": gettext_lazy("{by} is reading this already. Take another one, or take it over with a reason."),
    "reading_done": gettext_lazy("This examination has been signed meanwhile. Open its report."),
    "reading_free": gettext_lazy("Nobody else is reading this; you can simply take it."),
    "reading_not_yours": gettext_lazy("You do not hold this examination any more. Take it again before you write."),
    "reading_specialty": gettext_lazy("This is read by colleagues of another sub-specialty ({specialty})."),
    "reading_many": gettext_lazy("You hold {n} examinations already. Finish one or put one back first."),
    "reading_policy": gettext_lazy("The rules of this centre cannot be used: {key}."),
    "reader_unknown": gettext_lazy("You are not entered as a reader of this centre. The administrator can do that."),
    "centre_unknown": gettext_lazy("This reading centre does not exist, or is not one of yours."),
    "duty_hours": gettext_lazy("Between 0 and 24 hours."),
    "report_changed": gettext_lazy("Somebody saved a later version meanwhile. Look at it before you save yours."),
    "report_second": gettext_lazy("Another doctor has to sign this report. Leave it for the second signature."),
    "report_grade": gettext_lazy("Your grade writes reports, but an attending or senior doctor signs them."),
    "report_not_final": gettext_lazy("This report is not signed yet."),
    "report_same": gettext_lazy("Nothing is different from the version before."),
    "report_unknown": gettext_lazy("There is no such report."),
    "reason_missing": gettext_lazy("Please give a reason."),
    "text_long": gettext_lazy("This text is too long."),
    "finding_unknown": gettext_lazy("This finding is not in the list of critical findings for this examination."),
    "critical_unknown": gettext_lazy("This critical value does not exist, or is not of your hospitals."),
    "critical_step": gettext_lazy("This step was done meanwhile, or another one comes first. Reload the page."),
    "peer_own": gettext_lazy("Nobody reviews a report that they wrote or signed."),
    "peer_step": gettext_lazy("This second reading has changed meanwhile. Reload the page."),
    "peer_unknown": gettext_lazy("There is no such second reading at your centre."),
    "peer_score_range": gettext_lazy("Choose a score from 1 to 4."),
    "peer_comment": gettext_lazy("Say what was missed; the author reads it."),
}


def reason(told: tuple[str, dict[str, Any]]) -> str:
    """A reason or obstacle of the slot search as a sentence in the active language."""
    code, params = told
    return messages.sentence(code, params)
