"""Words for starting, stopping and watching the processes of Yipan."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    # what can be in the way of a start
    "port_invalid": _("{variable} is {value}, which is not a port. Give a number from 1 to 65535."),
    "proxy_invalid": _(
        "{variable} names {value}, which is neither an address nor a network. Write it as 10.0.0.5 or 10.0.0.0/24."
    ),
    "port_in_use": _("Port {port} on {host} is in use or not available. Stop what uses it, or set {variable}."),
    "port_forbidden": _("You may not open port {port}. Set {variable} to a number above 1023."),
    "directory_unwritable": _("Cannot write in {path}. Set {variable} to a directory that you may write."),
    "already_running": _("Yipan is already running with the data in {path}. Stop it first, or set YIPAN_STATE."),
    "database_unreachable": _("The database at {where} does not answer: {why}. Check YIPAN_DATABASE_URL."),
    "database_url_invalid": _(
        "{variable} cannot be read: {why}. It looks like postgresql://user:password@host:5432/name."
    ),
    "database_too_old": _("The database server is PostgreSQL {version}; Yipan needs {oldest} or newer."),
    "database_not_utf8": _("The database stores text as {encoding}; create it with ENCODING 'UTF8'."),
    "database_lacks_extension": _(
        "The database lacks the extension {extension}: {why}. Install PostgreSQL's contrib package, and let "
        "Yipan's user own the database."
    ),
    "database_lacks_roles": _(
        "Yipan's user {user} may not make the roles {roles}: {why}. Let the server's administrator run: "
        "{commands} GRANT {roles} TO {user};"
    ),
    "settings_wrong": _("Yipan does not start with these settings:"),
    "setting_flag": _("{variable} is “{value}”. Set it to 1 for yes, or 0 for no."),
    "setting_number": _("{variable} is “{value}”. Give a whole number from {low} to {high}."),
    "setting_option": _("“{value}” in {variable} is none of these: {options}."),
    "setting_url": _("{variable} is “{value}”. Give an address that begins with https:// or http://."),
    "setting_origin": _(
        "“{value}” in {variable} must be like https://beds.hospital.example, with nothing after the host."
    ),
    "setting_hosts": _("{variable} is “{value}”. Give host names like beds.hospital.example,localhost without spaces."),
    "setting_zone": _("{variable} is “{value}”, which is no time zone. Give one such as Asia/Shanghai."),
    "setting_country": _("{variable} is “{value}”. Give a code such as CN, SG or GB-ENG."),
    "setting_file": _("{variable} names {value}, which is no file that can be read."),
    "setting_alone": _("{variable} does nothing without {other}. Set both, or neither."),
    "setting_unknown": _("{variable} is no setting of Yipan and does nothing."),
    "setting_unknown_near": _("{variable} is no setting of Yipan and does nothing. Is {near} meant?"),
    "production_refused": _("YIPAN_PRODUCTION=1 does not start like this:"),
    "production_secret": _(
        "YIPAN_SECRET_KEY is missing, too short or a known one. Give 32 or more random characters, the same to all "
        "processes."
    ),
    "production_debug": _("YIPAN_DEBUG=1 shows the insides of errors to everybody. Leave it out."),
    "production_demo": _("The demo is on. Set YIPAN_DEMO=0."),
    "production_demo_password": _(
        "The accounts of the demo are in this database with their known password. Use another database."
    ),
    "production_https": _("Pages would travel unencrypted. Put HTTPS in front and set YIPAN_HTTPS=1."),
    "production_hosts": _("YIPAN_HOSTS must name the host names under which browsers ask, without *."),
    "production_sso": _("YIPAN_SSO_URL must begin with https://."),
    "package_missing": _("The package {name} is not installed. Run make run again."),
    "database_no_programs": _("PostgreSQL's programs are missing. Run make run again, or set YIPAN_DATABASE_URL."),
    "database_programs_unusable": _("The user {user} cannot run PostgreSQL's programs in {path}."),
    "database_other_version": _(
        "The data in {path} belong to PostgreSQL {have}, but {want} is installed. Move them with pg_dump and psql."
    ),
    "database_user_unknown": _(
        "There is no ordinary user {user} to run the database. Set YIPAN_DATABASE_USER to one, or start as one."
    ),
    "database_place_unreachable": _(
        "The database's user {user} cannot reach {path}. Set YIPAN_STATE to another directory, or YIPAN_DATABASE_USER."
    ),
    "database_did_not_start": _("The database did not start. Why is written at the end of {log}."),
    "database_password_lost": _("The database refuses its password. The files *.password in {path} were changed."),
    "key_ring_missing": _(
        "The keys of personal data are missing: {place} cannot be read. Put the key file back from your backup, or "
        "copy it from the machine that has it."
    ),
    "key_ring_lost": _(
        "This database holds data sealed with the keys {keys}, but there is no key file {place}. Put the file "
        "back from your backup, or copy it from the machine that has it. Without it the sealed data cannot be read by "
        "anybody; Yipan does not make new keys over them."
    ),
    "key_ring_unreadable": _("The keys in {place} cannot be read: they are not a key file of Yipan, or damaged."),
    "key_ring_other": _(
        "The keys in {place} belong to another database: key {key} has the same name and is not the same. Put the "
        "right key file back."
    ),
    "key_ring_not_ours": _("The keys come from {place}; add the new key there."),
    "key_command_failed": _("YIPAN_KEYS_COMMAND did not give the keys ({why})."),
    "key_missing": _(
        "A value is sealed with key {key}, which is not on the key ring. Put the key back from your backup of "
        "the keys; without it the value cannot be read by anybody."
    ),
    "sealed_value_broken": _("A sealed value was changed or moved in the database, and is not shown."),
    "cipher_unknown": _("{cipher} in YIPAN_CIPHER is no cipher that Yipan knows. Choose one of: {known}."),
    "cipher_unavailable": _("The installed OpenSSL lacks the cipher {cipher}. Choose the other one in YIPAN_CIPHER."),
    "migration_failed": _("The database could not be brought up to date; nothing was started."),
    "migration_waits": _("A table is in use; it is tried again in {seconds} s."),
    "migration_blocked": _(
        "A table stays in use, so the tables could not be brought up to date. What was done is kept. Look for a long "
        "transaction with yipan doctor, then call yipan migrate again."
    ),
    "metrics_refused": _("Metrics are for this machine only. Ask with the token of {variable}."),
    "people_there": _("There are people in the beds already; nothing was changed."),
    "people_added": _("{n} invented stays were written."),
    "demo_failed": _("The demo network could not be loaded. Start again, or set YIPAN_DEMO=0 to go on without it."),
    "not_ready_in_time": _("Some parts are not ready yet: {parts}. They are tried again; see the messages above."),
    # what takes a moment
    "database_make": _("Making the database (first start)"),
    "database_start": _("Starting the database"),
    "database_recover": _("The database recovers from a sudden stop"),
    "database_restarted": _("The database had stopped; it runs again"),
    "database_check": _("Checking the database at {where}"),
    "step_migrate": _("Bringing the tables up to date"),
    "step_demo": _("Loading the demo network (first start)"),
    "step_processes": _("Starting pages, live updates, worker and HL7 listener"),
    "step_stopping": _("Stopping"),
    "step_stopped": _("Stopped. The data are kept in {path}."),
    "step_done": _("done in {seconds} s"),
    "child_died": _("{name} ended unexpectedly (code {code}); it starts again in {seconds} s."),
    # when everything runs
    "ready_address": _("Yipan is ready: {url}"),
    "ready_hl7": _("HL7 listener: {host}:{port} (MLLP)"),
    "ready_dicom": _("DICOM worklist: {host}:{port}, AE title {title}"),
    "dicom_title_invalid": _("{variable} must be an AE title: 1 to 16 letters, digits or signs, without a backslash."),
    "dicom_port_missing": _("{variable} names no port for the worklist service."),
    "ready_logins": _("Demo logins (name / password):"),
    "ready_stop": _("Stop with Ctrl-C."),
    "keys_place": _("Keys are kept in {place}."),
    "keys_active": _("seals everything new"),
    "keys_under_way": _("A change of keys is under way; the worker goes on with it."),
    "keys_added": _(
        "Key {key} was added in {place} and seals everything new. Back it up now, apart from the database."
    ),
    "keys_begun": _(
        "Key {key} seals everything new. The worker brings what is stored under it; yipan keys list shows how far it "
        "is. Back up the keys now."
    ),
    "keys_done": _("Everything is sealed with key {key} now."),
    "retention_unknown": _("Nothing is called {key}. There is: {known}."),
    "retention_days": _("Give a number of days from {shortest} to {longest}."),
    "retention_line": _("{key}: kept {days} days. {title}. Due now: {n}"),
    "retention_removed": _("{key}: {n} removed"),
    "patient_exported": _("Everything known of the patient was written to {path}. The file is not encrypted."),
    "user_added": _("The user {name} was added."),
}
