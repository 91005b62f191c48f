"""Words for starting, stopping and watching the processes of Yipan."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    # what can be in the way of a start
    "port_invalid": _("{variable} is {value}, which is not a port. Give a number from 1 to 65535."),
    "number_invalid": _("{variable} is {value}, which is not a number above 0."),
    "port_in_use": _("Port {port} on {host} is in use or not available. Stop what uses it, or set {variable}."),
    "port_forbidden": _("You may not open port {port}. Set {variable} to a number above 1023."),
    "directory_unwritable": _("Cannot write in {path}. Set YIPAN_STATE to a directory that you may write."),
    "already_running": _("Yipan is already running with the data in {path}. Stop it first, or set YIPAN_STATE."),
    "database_unreachable": _("The database at {where} does not answer: {why}. Check YIPAN_DATABASE_URL."),
    "database_url_invalid": _(
        "YIPAN_DATABASE_URL cannot be read: {why}. It looks like postgresql://user:password@host:5432/name."
    ),
    "database_too_old": _("The database server is PostgreSQL {version}; Yipan needs {oldest} or newer."),
    "database_not_utf8": _("The database stores text as {encoding}; create it with ENCODING 'UTF8'."),
    "database_lacks_extension": _(
        "The database lacks the extension {extension}: {why}. Install PostgreSQL's contrib package, and let "
        "Yipan's user own the database."
    ),
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
    "migration_failed": _("The database could not be brought up to date; nothing was started."),
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
    "ready_logins": _("Demo logins (name / password):"),
    "ready_stop": _("Stop with Ctrl-C."),
    "user_added": _("The user {name} was added."),
}
