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
    "dicom_ecg_leads": _("The recording has none of the twelve standard leads."),
}
