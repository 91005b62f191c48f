"""What `yipan doctor` finds: what is wrong, and what to do about it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "doctor_fine": _("Nothing is wrong."),
    "doctor_fault": _("Fault"),
    "doctor_warning": _("Warning"),
    "doctor_check_failed": _("The check {check} could not be made ({error}). Look at the log of the database server."),
    # the machine
    "doctor_disk_full": _(
        "Only {free} GB are free at {path}. Make room now: when the disk is full, nothing can be written."
    ),
    "doctor_disk_little": _("Less than a tenth of the disk is free at {path} ({free} GB). Plan more room."),
    "doctor_key_open": _("Others on this machine may read {path}. Take their rights away: chmod 600 {path}"),
    # security
    "doctor_debug": _("Debugging is on: errors show their insides to everybody. Set YIPAN_DEBUG=0."),
    "doctor_no_https": _(
        "Other machines reach Yipan, but passwords and cookies travel readable. Put a proxy with TLS in front and set "
        "YIPAN_HTTPS=1."
    ),
    "doctor_any_host": _("Yipan answers under any host name. Name yours in YIPAN_HOSTS."),
    "doctor_weak_secret": _(
        "The secret key is known or too short. Set YIPAN_SECRET_KEY to 50 random characters, the same for all "
        "processes."
    ),
    "doctor_hl7_open": _(
        "The HL7 listener takes messages on {host} without TLS. Set YIPAN_HL7_CERT and YIPAN_HL7_KEY, or see to "
        "it that only the hospital's interface engine reaches the port."
    ),
    # the database server
    "doctor_database_slow": _(
        "The database takes {milliseconds} ms for an empty question. Look at its load and at the network between."
    ),
    "doctor_not_durable": _(
        "The database server runs with {setting} = off: a power cut loses bookings that were acknowledged. Set "
        "it to on."
    ),
    "doctor_locale": _(
        "The database's locale does not know Chinese characters, so that people are not found by a part of their name. "
        "Create the database anew with LC_CTYPE 'C.UTF-8' or 'zh_CN.UTF-8', and restore into it."
    ),
    "doctor_no_notices": _(
        "What happens is not told to live pages: a pooler is in the way. Let {variable} name the database server "
        "itself."
    ),
    "doctor_connections": _(
        "{used} of {most} connections of the database server are in use. Raise max_connections, lower "
        "YIPAN_DATABASE_CONNECTIONS, or use PgBouncer."
    ),
    "doctor_long_transaction": _(
        "{n} transactions are open for up to {minutes} minutes. See who it is in pg_stat_activity, and end them with "
        "pg_terminate_backend."
    ),
    # what lies in it
    "doctor_migrations_waiting": _("{n} changes of the tables wait, the first is {first}. Call yipan migrate."),
    "doctor_version_behind": _(
        "The tables belong to a later version of Yipan ({first}). Install the later version here too."
    ),
    "doctor_index_unusable": _("The index {name} was left half built. Call yipan migrate, which builds it again."),
    "doctor_demo_passwords": _(
        "These people still have the demo's password, which everybody knows: {names}. Change it or deactivate them."
    ),
    "doctor_no_administrator": _("Nobody is administrator. Add one: yipan user add NAME --role administrator …"),
    # the processes
    "doctor_silent_web": _("No process serves pages. Start yipan web, or look into its log."),
    "doctor_silent_worker": _(
        "No worker runs: holds do not run out and messages to wards are not sent. Start yipan worker."
    ),
    "doctor_silent_dicom": _(
        "No worklist service runs: devices are not told what to examine. Start yipan dicom listen."
    ),
    "doctor_silent_hl7": _("No HL7 listener runs: hospital systems cannot send. Start yipan hl7 listen."),
    "doctor_silent_apply": _(
        "No process applies HL7 messages: they are stored and change nothing. yipan hl7 listen starts it; look into "
        "its log."
    ),
    "doctor_lost": _("{part} on {host} fell silent within the last day. Look at that machine."),
    "doctor_versions": _(
        "Processes of different versions run: {versions}. Finish the upgrade by restarting the old ones."
    ),
    "doctor_clock": _(
        "The clock of {host} differs from the database's by {seconds} s, so waits and holds are counted wrong. "
        "Let both follow the same time server (chrony)."
    ),
    # what waits
    "doctor_messages_not_applied": _(
        "{n} HL7 messages are stored but not applied, the oldest for {minutes} minutes. Restart yipan hl7 listen "
        "and look into its log."
    ),
    "doctor_messages_waiting": _(
        "{n} HL7 messages wait for a person. Open Messages in Yipan and decide on each reason."
    ),
    "doctor_sender_unmapped": _(
        "{n} HL7 messages come from senders that belong to no organisation. Open Senders in Yipan and name it."
    ),
    "doctor_outbox_late": _(
        "{n} effects of bookings are not carried out, the oldest for {minutes} minutes. Restart yipan worker and look "
        "into its log."
    ),
    "doctor_outbox_fails": _("An effect failed {attempts} times and is tried again. The worker's log says why."),
    "doctor_jobs_late": _("{n} background jobs do not begin, the oldest for {minutes} minutes. Restart yipan worker."),
    "doctor_jobs_failed": _("{n} background jobs failed for good. The worker's log says why."),
    "doctor_holds_overdue": _(
        "{n} holds ran out and still keep their beds. Restart yipan worker and look into its log."
    ),
}
