"""Codes of the examinations in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from yipan.ui import messages

SENTENCES = {
    "exam_item_unknown": gettext_lazy("This examination is not in the catalogue, or is no longer offered."),
    "exam_order_unknown": gettext_lazy("This order does not exist."),
    "exam_item_untold": gettext_lazy(
        "Nothing in the catalogue is called {service} ({system}) by this sender. Add the code to an item."
    ),
    "exam_item_differs": gettext_lazy("The order is for {item}. A change of the item is a new order."),
    "exam_order_not_told": gettext_lazy("No order with the number {number} has been told yet."),
    "order_number_missing": gettext_lazy("The order has no number of the ordering system ({where})."),
    "recognition_negative": gettext_lazy("Results of this examination are never recognised (negative list)."),
    "recognition_not_final": gettext_lazy("The result is not final."),
    "recognition_critical": gettext_lazy("The patient is in an emergency; the examination is done anew."),
    "recognition_in_future": gettext_lazy("The result is dated {at}, which is still to come."),
    "recognition_too_old": gettext_lazy("The result is older than {hours} hours."),
    "recognition_unmarked": gettext_lazy("The report carries no recognition mark (HR)."),
    "recognition_elsewhere": gettext_lazy("The mark {mark} does not reach this network."),
    "recognition_other_order": gettext_lazy("The order is for another patient or examination."),
    "recognition_hours": gettext_lazy("Give whole hours from 1 to 8,784."),
    "recognition_days": gettext_lazy("Give whole days from 1 to 3,660, or nothing."),
    "recognition_area": gettext_lazy("An area is a region or a province."),
    "item_code_taken": gettext_lazy("The code {given} means another examination already."),
    "result_unknown": gettext_lazy("There is no such result for this examination any more."),
    "quality_control_failed": gettext_lazy(
        "The site's control failed at {at} (rule {rule}); recognition is closed from {since} until a control is good."
    ),
    "quality_control_missing": gettext_lazy("The site had no good control; one in {days} days is asked for."),
    "quality_control_old": gettext_lazy("The site's last good control was at {at}; one in {days} days is asked for."),
    "quality_assessment_failed": gettext_lazy(
        "The site failed its external assessment ({at}); recognition is closed from {since} until one is passed."
    ),
    "quality_assessment_missing": gettext_lazy(
        "The site has passed no external assessment; one in {days} days is asked for."
    ),
    "quality_assessment_old": gettext_lazy(
        "The site's last passed external assessment was at {at}; one in {days} days is asked for."
    ),
    "control_target": gettext_lazy("A target needs a mean and a standard deviation above zero."),
    "control_level": gettext_lazy("A level is a number from 1 to 5."),
    "control_lot_known": gettext_lazy("This lot is known already for this level."),
    "control_runs_none": gettext_lazy("There is no measurement to write down."),
    "control_runs_many": gettext_lazy("At most {limit} runs are written down at once."),
    "control_in_future": gettext_lazy("The measurement is dated {at}, which is still to come."),
    "control_value": gettext_lazy("The measurements of {at} are no numbers."),
    "control_material_missing": gettext_lazy("No control material of level {level} is in use. Add it first."),
    "control_differs": gettext_lazy("Other values were written down for {at} already."),
    "control_line": gettext_lazy("Line {line} cannot be read. Write time, then one value for each level."),
    "assessment_before_sample": gettext_lazy("The outcome cannot be known before the sample was measured."),
    "assessment_in_future": gettext_lazy("This day is still to come."),
    "assessment_score": gettext_lazy("A score is a number from 0 to 100."),
    "assessment_known": gettext_lazy("This round of this organiser is written down already."),
    "quality_site_unknown": gettext_lazy("There is no such site, or you may not work there."),
    "result_empty": gettext_lazy("The report has no result."),
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
}


def reason(told: tuple[str, dict[str, Any]]) -> str:
    """A reason or obstacle of the slot search as a sentence in the active language."""
    code, params = told
    return messages.sentence(code, params)
