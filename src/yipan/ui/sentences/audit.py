"""Words for what `yipan audit` finds and says."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "audit_changed": _("CHANGED: journal {journal}, entry {id} ({what}, {at}) is not as it was sealed in seal {seal}."),
    "audit_removed": _("REMOVED: journal {journal}, entry {id} is gone; it was sealed in seal {seal} at {at}."),
    "audit_inserted": _(
        "INSERTED: journal {journal}, entry {id} ({what}, {at}) stands among sealed ones without a seal."
    ),
    "audit_seal_changed": _("SEAL CHANGED: seal {seal} of {at} (journal {journal}, entries {first} to {last})."),
    "audit_seal_removed": _("SEAL REMOVED: seal {seal} is gone."),
    "audit_truncated": _(
        "TRUNCATED: journal {journal}, entries {first} to {last} are gone with their seals; the checkpoint of {at} "
        "still knew them."
    ),
    "audit_rewritten": _(
        "REWRITTEN: the chain of seals {first} to {last} is not the one that the checkpoint of {at} saw."
    ),
    "audit_checkpoint_untrusted": _(
        "CHECKPOINT NOT TRUSTED: that of {at} is not signed by a trusted key (it names {key})."
    ),
    "audit_guard_off": _("GUARD OFF: the trigger that protects or watches table {table} is missing or switched off."),
    "audit_inconsistent": _(
        "NOT FROM ITS EVENTS: {table} {id} is “{state}”, but the last event that tells of it is “{event}”."
    ),
    "audit_waiting": _("{n} entries are newer than the last seal and are verified next time."),
    "audit_tampered": _("{n} findings. Keep the database as it is and tell the privacy officer."),
    "audit_whole": _("Everything is whole; {n} checkpoints agree."),
    "audit_nothing_sealed": _("Nothing is written yet, so there is nothing to sign."),
    "audit_verifying": _("Verifying: {what}"),
    "audit_exporting": _("Exporting"),
    "audit_exported": _("{n} AuditEvents written to {path}."),
    "audit_key_unreadable": _("This is no Ed25519 public key in PEM form."),
    "checkpoint_unreadable": _("This is no checkpoint of Yipan."),
}
