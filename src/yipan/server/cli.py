"""The command `yipan`. What a command needs is imported when it runs, so that help comes at once."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from yipan import __version__
from yipan.kernel.errors import YipanError
from yipan.server import cli_backup, cli_forecast, cli_plan, cli_plan_ihtc, cli_plan_nurses, cli_simulate
from yipan.server.audit import audit

PASS_ON: dict[str, Any] = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
LOST_DATABASE, OTHER_NETWORK = 1, 3


class Main(click.Group):
    """The outermost group: an error of ours becomes one sentence and exit code 2, a lost database one line and 1."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except YipanError as error:
            from yipan.server.speech import give_up

            give_up(error)
        except Exception as error:
            from yipan.server.logs import is_lost_database

            if not is_lost_database(error):
                raise
            sys.stderr.write(f"{context.invoked_subcommand}: {str(error).strip().splitlines()[0]}\n")
            sys.exit(LOST_DATABASE)


@click.group(cls=Main)
@click.version_option(__version__, prog_name="yipan")
def main() -> None:
    """Yipan: one board for the care resources of a hospital network."""
    from yipan.server import lifeline

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yipan.server.settings")
    lifeline.hold()


@main.command()
def run() -> None:
    """Start everything on this machine; stop with Ctrl-C."""
    from yipan.server.run import run as start

    start()


@main.command()
def migrate() -> None:
    """Bring the tables of the database up to date, while other processes may be running."""
    from yipan.server import direct, session

    direct.use_for_everything()
    with session.database():
        from yipan.base.vault import settling
        from yipan.server.migrating import migrate as bring_up_to_date
        from yipan.server.speech import say

        settling.prepare()
        bring_up_to_date(tell=lambda pause: click.echo(say("migration_waits", seconds=f"{pause:g}")))
        settling.settle()


@main.command()
def doctor() -> None:
    """Say what is wrong with this installation; exit code 0 nothing, 1 warnings only, 2 faults."""
    from yipan.server import session

    with session.database():
        from yipan.server.doctor import examine, worst
        from yipan.server.speech import say

        findings = []
        for finding in examine():
            findings.append(finding)
            level = say(f"doctor_{finding.level.name.lower()}")
            click.echo(f"{level}: {say(finding.code, **finding.params)}")
        if not findings:
            click.echo(say("doctor_fine"))
    sys.exit(worst(findings))


@main.command()
def web() -> None:
    """Serve pages and live updates."""
    from yipan.server import production, session

    with session.database_variables():
        production.check_environment()
        if production.is_asked():
            with session.database():
                production.check_accounts()
        from yipan.server.web import serve

        serve()


@main.command()
def worker() -> None:
    """Run background jobs, effects after commit, and what is done on time."""
    from yipan.server import production, session

    with session.database():
        production.check_environment()
        from yipan.server.worker import work

        work()


@main.group()
def hl7() -> None:
    """HL7 v2 messages: listen for them, or send some."""


@hl7.command()
def listen() -> None:
    """Listen for HL7 v2 messages over MLLP, and apply them."""
    from yipan.server import production, session

    with session.database():
        production.check_environment()
        from yipan.server.hl7 import serve

        serve()


@hl7.command()
def apply() -> None:
    """Apply stored messages. `listen` starts this by itself, and ends it."""
    from yipan.server import session

    with session.database():
        from yipan.server.hl7 import apply as work

        work()


@hl7.command(context_settings=PASS_ON)
@click.pass_context
def send(context: click.Context) -> None:
    """Send files of HL7 v2 messages to a listener."""
    from yipan.interop.mllp.command import send as command
    from yipan.server import session

    session.django()
    command.main(args=context.args, prog_name=context.command_path)


@main.group()
def dicom() -> None:
    """DICOM: the worklist that devices ask."""


@dicom.command("listen")
def dicom_listen() -> None:
    """Answer devices that ask for their worklist (YIPAN_DICOM_PORT)."""
    from yipan.server import production, session

    with session.database():
        production.check_environment()
        from yipan.server.dicom import serve

        serve()


@main.command(context_settings=PASS_ON)
@click.pass_context
def catalogue(context: click.Context) -> None:
    """Import or export the catalogue of examinations: items, devices, technicians."""
    from yipan.server import session

    with session.database():
        from yipan.server.catalogue import catalogue as command

        command.main(args=context.args, prog_name=context.command_path)


@main.command(context_settings=PASS_ON)
@click.pass_context
def network(context: click.Context) -> None:
    """Import, export or check a description of the network."""
    from yipan.server import session

    if not context.args or context.args[0] == "check" or "--help" in context.args:
        session.django()
        _network_command(context)
    with session.database():
        _network_command(context)


def _network_command(context: click.Context) -> None:
    from yipan.base.network.command import network as command

    sys.exit(command.main(args=context.args, prog_name=context.command_path, standalone_mode=False) or 0)


@main.command(context_settings=PASS_ON)
@click.pass_context
def keys(context: click.Context) -> None:
    """Keys that personal data are sealed with: list, new, rotate."""
    from yipan.server import session

    with session.database():
        from yipan.server.keys import group

        sys.exit(group.main(args=context.args, prog_name=context.command_path, standalone_mode=False) or 0)


@main.command(context_settings=PASS_ON)
@click.pass_context
def patient(context: click.Context) -> None:
    """Data of one person: export."""
    from yipan.server import session

    with session.database():
        from yipan.server.privacy import patient as group

        sys.exit(group.main(args=context.args, prog_name=context.command_path, standalone_mode=False) or 0)


@main.command(context_settings=PASS_ON)
@click.pass_context
def retention(context: click.Context) -> None:
    """How long things are kept: list, set, run."""
    from yipan.server import session

    with session.database():
        from yipan.server.privacy import keeping

        sys.exit(keeping.main(args=context.args, prog_name=context.command_path, standalone_mode=False) or 0)


@main.group()
def user() -> None:
    """People who may log in."""


@user.command()
@click.argument("username")
@click.option("--name", required=True, help="The person's whole name.")
@click.option("--role", required=True, help="coordinator, ward_nurse, doctor, manager, integrator or administrator.")
@click.option("--organisation", required=True, help="Code of the organisation; the role holds there and below.")
@click.option("--password", envvar="YIPAN_PASSWORD", prompt=True, hide_input=True, confirmation_prompt=True)
def add(username: str, name: str, role: str, organisation: str, password: str) -> None:
    """Add a person with a role in an organisation."""
    from yipan.server import session

    with session.database():
        from yipan.server.people import add_user
        from yipan.server.speech import say

        add_user(username=username, name=name, role=role, organisation=organisation, password=password)
        click.echo(say("user_added", name=username))


@main.group()
def demo() -> None:
    """The demo network."""


@demo.command()
def load() -> None:
    """Load the demo network into an empty database; exit code 3 when another network is there."""
    from yipan.server import session
    from yipan.server.progress import Counter

    with session.database(), Counter() as counter:
        from yipan.server.demo import ensure_loaded
        from yipan.server.people import demo_logins_work

        if not ensure_loaded(counter) and not demo_logins_work():
            sys.exit(OTHER_NETWORK)


@demo.command()
@click.argument("occupancy", type=click.Path(exists=True, dir_okay=False))
def people(occupancy: str) -> None:
    """Put invented people into an imported network, as full as the OCCUPANCY file says."""
    from yipan.server import session
    from yipan.server.progress import Counter

    with session.database(), Counter() as counter:
        from yipan.server.demo import people as invite
        from yipan.server.speech import say

        click.echo(say("people_added", n=invite(counter, occupancy)))


@demo.command()
def feed() -> None:
    """Let the demo day pass: send messages to the HL7 listener and act for the wards."""
    from yipan.server import session

    with session.database():
        from yipan.server.demo.feed import run as let_pass

        let_pass()


@main.command(context_settings=PASS_ON)
@click.pass_context
def manage(context: click.Context) -> None:
    """Django's own commands, for developers."""
    from yipan.server import session

    with session.database():
        from django.core.management import execute_from_command_line

        execute_from_command_line(["yipan manage", *context.args])


cli_plan.plan.add_command(cli_plan_ihtc.ihtc)
cli_plan.plan.add_command(cli_plan_nurses.nurses)
PLANNING = (cli_forecast.forecast, cli_plan.plan, cli_simulate.simulate)
for command in (audit, cli_backup.backup, cli_backup.restore, *PLANNING):
    main.add_command(command)


if __name__ == "__main__":
    main()
