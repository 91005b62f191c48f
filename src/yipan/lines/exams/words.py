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
