"""Words for backups and for the way back."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    # making one
    "backup_copying": _("Copying the database (MB)"),
    "backup_reading": _("Reading the backup (MB)"),
    "backup_made": _("Backup written and read back: {path} ({size} MB). Everything saved before {covers} is in it."),
    "backup_good": _("{path} is whole: {rows} rows, everything saved before {covers}."),
    "backup_removed": _("Old backup removed: {path}"),
    "backup_key_made": _(
        "A key for backups was made: {path}. Keep a copy away from this machine: without it no backup can be read."
    ),
    "backup_running": _("Another backup of this database is being made. Wait until it is ready."),
    "backup_needs_replication": _(
        "The database role may not copy the whole server. Give it the right to (ALTER ROLE … REPLICATION, and a line "
        "for replication in pg_hba.conf), or make a logical backup."
    ),
    "backup_no_program": _(
        "PostgreSQL's program {program} is not here in version {version} or newer. Install its client package."
    ),
    "backup_program_failed": _("{program} gave up: {why}"),
    # what can be wrong with a file or a key
    "backup_not_there": _("There is no readable file {path}."),
    "backup_foreign": _("{path} is no backup of Yipan."),
    "backup_wrong_key": _("{path} was sealed with another key than {origin}. Nothing was changed."),
    "backup_key_missing": _("The key of this backup is not in {path}. Put your copy there, or set YIPAN_BACKUP_KEY."),
    "backup_key_unreadable": _("{path} holds no key for backups."),
    "backup_passphrase_missing": _("This backup was sealed with a passphrase. Set YIPAN_BACKUP_PASSPHRASE."),
    "backup_damaged": _("{path} is damaged or cut off at block {chunk}. Nothing was changed; take another backup."),
    "backup_malformed": _("The content of this backup is not laid out as expected. Nothing was changed."),
    "backup_differs": _("{name} in this backup is not what its list says. Nothing was changed."),
    # the way back
    "restore_not_empty": _(
        "{path} is not empty: it holds {found}. Restoring never writes over anything; set YIPAN_STATE to an empty "
        "directory."
    ),
    "restore_database_not_empty": _("The database {where} has tables. Restore into a new, empty one."),
    "restore_running": _("Another restore is writing in {path}."),
    "restore_copy_needs_directory": _(
        "This is a copy of a whole PostgreSQL server, which cannot go into a database. Restore it with "
        "--data DIRECTORY, or without YIPAN_DATABASE_URL when it comes from the server inside Yipan."
    ),
    "restore_dump_needs_database": _("This backup holds one database, not a whole server: leave --data out."),
    "restore_until_needs_copy": _("This backup holds one moment only (logical). Leave --until out."),
    "restore_needs_archive": _("For a moment after the backup YIPAN_WAL_ARCHIVE must name the archived journal."),
    "restore_before_backup": _("The backup begins at {covers}. For an earlier moment take an earlier backup."),
    "restore_after_archive": _(
        "The archived journal ends before that moment; take an earlier one. Nothing was changed."
    ),
    "restore_time_unclear": _("{value} is no moment. Write it like 2026-03-02T08:30 or 2026-03-02T08:30:15+08:00."),
    "restore_other_version": _(
        "The backup is of PostgreSQL {have}; PostgreSQL {want} is installed. Install the Yipan of that time, or use a "
        "logical backup."
    ),
    "restore_newer": _("The backup was made by a newer Yipan ({version}: {name}). Install that version first."),
    "restore_did_not_start": _("The restored database did not start: {why} Nothing was changed."),
    "restore_differs": _("{table} has {have} rows after restoring instead of {want}."),
    "restore_journal": _("Opening the archived journal (segments)"),
    "restore_replaying": _("Replaying the journal"),
    "restored": _("Restored: everything saved before {moment} is there."),
    "restored_gap": _("The archive lacks segment {name}; what was saved after it is not there."),
    "restored_next": _("Start Yipan as usual, look at it, and make a new backup at once (yipan backup)."),
    "restored_data": _("{path} is a data directory for PostgreSQL {version}. Give it to its user and start it."),
    "wal_not_there": _("{path} holds no journal from the time of this backup on."),
    "wal_no_archive": _("Set YIPAN_WAL_ARCHIVE to the directory that the journal goes to."),
}
