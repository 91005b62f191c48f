"""What lies in the database: tables up to date, indexes usable, people with passwords of their own."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from yipan.base.access import Role
from yipan.base.access.models import Grant
from yipan.server.demo.accounts import ACCOUNTS, PASSWORD
from yipan.server.doctor.finding import Finding, fault, warning
from yipan.server.migrating import unusable_indexes


def up_to_date() -> Iterator[Finding]:
    """Every migration of this version is applied, and none of a later one."""
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    if waiting := executor.migration_plan(graph.leaf_nodes()):
        yield fault("doctor_migrations_waiting", n=len(waiting), first=str(waiting[0][0]))
    ours = {app for app, _ in graph.nodes}
    later = sorted(node for node in executor.loader.applied_migrations if node[0] in ours and node not in graph.nodes)
    if later:
        yield warning("doctor_version_behind", first=".".join(later[0]))


def indexes() -> Iterator[Finding]:
    """No index was left half built."""
    for name in unusable_indexes():
        yield warning("doctor_index_unusable", name=name)


def demo_passwords() -> Iterator[Finding]:
    """Nobody logs in with a password that stands in the documentation."""
    names = [account.username for account in ACCOUNTS]
    known = [u.username for u in User.objects.filter(username__in=names, is_active=True) if u.check_password(PASSWORD)]
    if known:
        yield fault("doctor_demo_passwords", names=", ".join(sorted(known)))


def somebody_decides() -> Iterator[Finding]:
    """There is an administrator."""
    if not Grant.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True).exists():
        yield warning("doctor_no_administrator")


CHECKS = (indexes, demo_passwords, somebody_decides)
