"""Codes of the examinations in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from yipan.lines.exams.policy.matching import Waits
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
    "results_of_others": gettext_lazy(
        "You see the results of patients whom you care for, and what your own sites made. This patient has neither."
    ),
    "recognition_hours": gettext_lazy("Give whole hours from 1 to 8,784."),
    "recognition_days": gettext_lazy("Give whole days from 1 to 3,660, or nothing."),
    "recognition_area": gettext_lazy("An area is a region or a province."),
    "item_code_taken": gettext_lazy("The code {given} means another examination already."),
    "item_code_elsewhere": gettext_lazy("This code means an examination there already."),
    "item_code_unknown": gettext_lazy("This code was taken away meanwhile."),
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
    "exam_file_policy": gettext_lazy("A policy does not belong into this file, only the tables {names}."),
    "exam_ae_title_taken": gettext_lazy("The device {device} has this AE title already. Give each device its own."),
    "hours_weekday": gettext_lazy("Weekdays are numbers from 1 (Monday) to 7 (Sunday)."),
    "hours_shape": gettext_lazy("Write hours such as 1-5 08:00-12:00 14:00-17:30; 6 08:00-12:00."),
    "hours_order": gettext_lazy("The times of a day must follow one another and not overlap."),
    "exam_slot_unreadable": gettext_lazy("Choose one of the times that are offered."),
    "exam_device_unknown": gettext_lazy("This device does not exist."),
    "exam_undo_late": gettext_lazy("A begin can be taken back for five minutes only."),
    "exam_undo_imaged": gettext_lazy("There are images of this examination already: it has begun."),
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
    "order_cancelled": gettext_lazy("This order was cancelled. Choose another one."),
    "order_of_number_unknown": gettext_lazy("There is no order with the accession number {number}."),
    "study_unknown": gettext_lazy("This study is not known, or is not among yours."),
    "study_step": gettext_lazy("This is no longer possible: the study has changed meanwhile. Reload the page."),
    "study_other_patient": gettext_lazy(
        "Name, sex or birth date in the study are not those of the order's patient. Compare them; attach it all the "
        "same only when you are sure."
    ),
    "images_not_opened": gettext_lazy(
        "Open the order's images first: this address belongs to an opening that is over."
    ),
    "ecg_file_missing": gettext_lazy("Choose the file of the recording."),
    "ecg_file_large": gettext_lazy("The file is larger than {limit} MB."),
    "ecg_known": gettext_lazy("This recording belongs to another order already."),
    "reason_missing": gettext_lazy("Please say why."),
    "order_not_performed": gettext_lazy("This examination has not been done yet."),
    "reading_unknown": gettext_lazy("This examination is not on the worklist of a centre where you read."),
    "reading_taken": gettext_lazy("{by} is reading this already. Take another one, or take it over with a reason."),
    "reading_done": gettext_lazy("This examination has been signed meanwhile. Open its report."),
    "reading_free": gettext_lazy("Nobody else is reading this; you can simply take it."),
    "reading_not_yours": gettext_lazy("You do not hold this examination any more. Take it again before you write."),
    "reading_specialty": gettext_lazy("This is read by colleagues of another sub-specialty ({specialty})."),
    "reading_many": gettext_lazy("You hold {n} examinations already. Finish one or put one back first."),
    "reading_policy": gettext_lazy("The rules of this centre cannot be used: {key}."),
    "reading_minutes": gettext_lazy("Give whole minutes: 1 to 20,160, for a step of a critical value 1 to 1,440."),
    "reading_claims": gettext_lazy("Give a whole number from 1 to 50."),
    "reading_share": gettext_lazy("Give a share from 0 to 100 per cent."),
    "reader_account": gettext_lazy("Choose an account with the role Reading doctor that reads nowhere yet."),
    "reader_not_here": gettext_lazy("There is no such reader at this centre."),
    "reader_wrote": gettext_lazy(
        "{name} has read here and stays named on reports. Take the role Reading doctor from the account instead."
    ),
    "centre_code_taken": gettext_lazy("Another centre has this code."),
    "coverage_taken": gettext_lazy("{site} is read by {centre} already. Take it away there first."),
    "template_fields": gettext_lazy("Every field needs a name and a code of its own; at most 30 fields."),
    "template_line": gettext_lazy("Line {line} cannot be read. Write code | name | English name | unit | choices."),
    "reader_unknown": gettext_lazy(
        "You are not entered as a reader of this centre. A manager or administrator can do that."
    ),
    "centre_unknown": gettext_lazy("This reading centre does not exist, or is not one of yours."),
    "duty_hours": gettext_lazy("Between 0 and 24 hours."),
    "report_changed": gettext_lazy("Somebody saved a later version meanwhile. Look at it before you save yours."),
    "report_second": gettext_lazy("Another doctor has to sign this report. Leave it for the second signature."),
    "report_grade": gettext_lazy("Your grade writes reports, but an attending or senior doctor signs them."),
    "report_not_final": gettext_lazy("This report is not signed yet."),
    "report_same": gettext_lazy("Nothing is different from the version before."),
    "report_unknown": gettext_lazy("There is no such report."),
    "text_long": gettext_lazy("This text is too long."),
    "finding_unknown": gettext_lazy("This finding is not in the list of critical findings for this examination."),
    "limit_unknown": gettext_lazy("There is no such critical limit."),
    "limit_bound": gettext_lazy("Give a lowest or a highest number, or both."),
    "limit_order": gettext_lazy("This must be above the lowest number."),
    "limit_number": gettext_lazy("Write a number such as 2.5."),
    "limit_taken": gettext_lazy("There is a limit for this LOINC code already. Change that one."),
    "loinc_check": gettext_lazy("This is no LOINC code, or a digit is wrong: the last one checks the others."),
    "unit_unknown": gettext_lazy("UCUM knows no such unit. Write it as mmol/L, 10*9/L or %."),
    "finding_code_taken": gettext_lazy("Another finding has this code."),
    "critical_named": gettext_lazy(
        "Critical values were raised with it, so this stays. Take it out of use and add another one."
    ),
    "head_unknown": gettext_lazy("Choose somebody who works in a department of your hospitals."),
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


WAITS = {
    Waits.NO_ACCESSION: gettext_lazy("The device sent no accession number."),
    Waits.UNKNOWN: gettext_lazy("No order has this accession number."),
    Waits.CANCELLED: gettext_lazy("The order with this accession number was cancelled."),
    Waits.OTHER_PATIENT: gettext_lazy("The order with this accession number is for another patient."),
}
"""Why a study waits."""

ACTIONS = {
    "study.found": gettext_lazy("Found a study in the picture archive"),
    "study.read": gettext_lazy("Opened images"),
    "study.set_aside": gettext_lazy("Set a study aside"),
    "study.taken_up": gettext_lazy("Took a study up again"),
    "results.read": gettext_lazy("Opened the results of a patient"),
    "results.looked_up": gettext_lazy("Looked for results at hand"),
    "quality.material": gettext_lazy("Put a control material to use"),
    "quality.run": gettext_lazy("Wrote down control runs"),
    "quality.assessment": gettext_lazy("Wrote down an external assessment"),
    "recognition.rule": gettext_lazy("Changed a rule of recognition"),
    "recognition.codes": gettext_lazy("Changed what an examination is called"),
    "recognition.areas": gettext_lazy("Changed where the network lies"),
    "centre.made": gettext_lazy("Opened a reading centre"),
    "centre.rules": gettext_lazy("Changed the rules of a reading centre"),
    "centre.coverage": gettext_lazy("Changed what a reading centre reads"),
    "centre.reader": gettext_lazy("Entered or changed a reader"),
    "centre.reader_dropped": gettext_lazy("Took a reader off the list"),
    "critical.finding": gettext_lazy("Changed a critical finding"),
    "critical.limit": gettext_lazy("Changed a critical limit"),
    "critical.read": gettext_lazy("Opened a critical value"),
    "critical.head": gettext_lazy("Named the head of a department"),
    "centre.template": gettext_lazy("Changed what reports of an examination start from"),
}
THINGS = {
    "study": gettext_lazy("Study"),
    "quality": gettext_lazy("Quality control"),
    "exam_item": gettext_lazy("Item of the catalogue"),
    "reading_centre": gettext_lazy("Reading centre"),
    "critical_finding": gettext_lazy("Critical finding"),
    "critical_limit": gettext_lazy("Critical limit"),
    "critical_value": gettext_lazy("Critical value"),
}
"""Entries of the audit trail, and what they concern."""
