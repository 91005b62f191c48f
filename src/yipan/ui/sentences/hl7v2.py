"""Words for the codes of `yipan.codecs.hl7v2` and `yipan.interop.mllp`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "hl7_empty": _("The message is empty."),
    "hl7_no_header": _("This is no HL7 v2 message: it does not begin with an MSH segment."),
    "hl7_separators": _(
        "MSH-1 and MSH-2 name unusable separators ({value}). They must be different characters, no letters or digits."
    ),
    "hl7_no_escape": _("The value cannot be written: the message has no escape character in MSH-2."),
    "hl7_no_separator": _("{where} cannot be written: MSH-2 names no separator for it."),
    "hl7_charset_unknown": _(
        "The character set {charset} (MSH-18) is not supported. Use UNICODE UTF-8, GB 18030-2000, 8859/1 or ASCII."
    ),
    "hl7_charset_undecided": _("The message names no character set in MSH-18, and its text is none of: {tried}."),
    "hl7_charset_mismatch": _(
        "Segment {segment}, {where}: the text is not in the character set {charset} that applies to this message."
    ),
    "hl7_not_in_charset": _("Segment {segment} ({where}): the character set {charset} cannot write “{character}”."),
    "hl7_segment_name": _("Segment {segment} begins with “{where}”, which is no segment name."),
    "hl7_second_header": _("Segment {segment} is a second MSH. Send each message on its own."),
    "hl7_segment_missing": _("The segment {where} is missing; a message of type {trigger} needs it."),
    "hl7_field_missing": _("Segment {segment}: the required field {where} is empty."),
    "hl7_time": _("Segment {segment}, {where}: “{value}” is no date or time of the form YYYYMMDDHHMMSS."),
    "hl7_value_unknown": _("Segment {segment}, {where}: the code “{value}” is not known."),
    "hl7_not_adt": _("Messages of type {type} (MSH-9) are not taken here, only ADT."),
    "hl7_not_referral": _("Messages of type {type} (MSH-9) are no referrals; these are REF^I12 and RRI^I12."),
    "hl7_not_order": _("Messages of type {type} (MSH-9) are no orders; orders are ORM^O01, OML^O21 or OMG^O19."),
    "hl7_not_result": _("Messages of type {type} (MSH-9) are no results; results are ORU^R01."),
    "hl7_number": _("Segment {segment}, {where}: “{value}” is no number."),
    "hl7_trigger_unknown": _("The ADT event {trigger} is not one that Yipan understands."),
    "hl7_version_unknown": _("The HL7 version {version} (MSH-12) is not supported; use 2.3 to 2.8."),
    "hl7_file_cut": _("The file ends in the middle of a message."),
    "mllp_not_framable": _("The message holds the bytes that mark the end of a transmission and cannot be sent."),
    "mllp_too_large": _("The message is larger than {limit} bytes, the most that is taken."),
    "mllp_open_frame": _("The message was not finished within {seconds} seconds."),
    "mllp_not_stored": _("The message could not be stored. Please send it again later."),
    "mllp_port": _("The HL7 listener cannot open {host} port {port}: {reason}. Free the port or choose another one."),
    "mllp_tls_file": _("The TLS files cannot be used ({files}): {reason}."),
    "mllp_unreachable": _("Nothing answers at {host} port {port}: {reason}."),
    "mllp_no_answer": _("{host} port {port} gave no acknowledgement within {seconds} seconds."),
    "mllp_broken": _("The connection to {host} port {port} broke: {reason}."),
}
