"""Words for the codes of `yipan.codecs.dicom` and `yipan.interop.dicom`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "dicom_json": _("The archive's answer is no DICOM data set."),
    "dicom_missing": _("The DICOM attribute {tag} is missing or empty."),
    "dicom_value": _("The DICOM attribute {tag} has a value that cannot be used: “{value}”."),
    "dicom_photometric": _(
        "{tag}: images of the kind “{value}” cannot be shown here. Open them in the archive's viewer."
    ),
    "dicom_not_a_file": _("This is no DICOM file. Choose a file that the device exported as DICOM (.dcm)."),
    "dicom_broken": _("The DICOM file is damaged or cut off ({reason}). Export it again."),
    "dicom_not_an_ecg": _("This DICOM file is no electrocardiogram."),
    "dicom_port": _(
        "The worklist service cannot open {host} port {port}: {reason}. Free the port or choose another one."
    ),
    "device_of_title_unknown": _("No device in use has the AE title {title}. Enter it with the device in Yipan."),
    "archive_not_set": _("No picture archive is set. The administrator names it in YIPAN_ARCHIVE_URL."),
    "archive_address": _("{variable} is no address of a DICOMweb service, such as https://archive.example/dicom-web."),
    "archive_away": _("The picture archive does not answer at the moment. Try again in a minute."),
    "archive_refused": _("The picture archive refuses Yipan ({status}). The administrator checks name and password."),
    "archive_failed": _("The picture archive could not do this ({status}). Try again, or tell the administrator."),
    "archive_no_frames": _("The picture archive cannot decompress this image. Open it in the archive's own viewer."),
    "archive_no_object": _("The picture archive does not have this."),
    "archive_not_stored": _("The picture archive did not keep the file. Nothing was changed."),
    "dicom_ecg_leads": _("The recording has none of the twelve standard leads."),
}
