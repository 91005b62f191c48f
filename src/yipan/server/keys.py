"""The command `yipan keys`: which keys seal personal data, one more key, and bringing every value under it."""

from __future__ import annotations

import click

from yipan.base.vault import keys, resealing
from yipan.base.vault.settling import note_active, settle
from yipan.kernel.sealing import Algorithm, new_key
from yipan.server.speech import say


@click.group("keys")
def group() -> None:
    """Keys that personal data are sealed with."""


@group.command("list")
def list_keys() -> None:
    """Show the keys and how many values of each column need them. The keys themselves are not shown."""
    settle()
    ring = keys.ring()
    click.echo(say("keys_place", place=keys.place()))
    used = resealing.in_use()
    for key in ring.keys:
        mark = say("keys_active") if key.id == ring.active else ""
        click.echo(f"{key.id}  {key.algorithm}  {key.made_at}  {mark}".rstrip())
        for row in (u for u in used if u.key == key.id):
            click.echo(f"  {row.column}: {row.values}")
    if resealing.work_left():
        click.echo(say("keys_under_way"))


@group.command()
@click.option("--cipher", type=click.Choice([str(a) for a in Algorithm]), help="By default YIPAN_CIPHER.")
def new(cipher: str | None) -> None:
    """Add a key; everything that is written from now on is sealed with it."""
    settle()
    ring = keys.add(new_key(Algorithm(cipher) if cipher else keys.algorithm()))
    note_active(ring)
    click.echo(say("keys_added", key=ring.active, place=keys.place()))


@group.command()
@click.option("--wait", is_flag=True, help="Do it here and now instead of in the worker.")
@click.option("--same-key", is_flag=True, help="Make no new key: bring everything under the one that is active.")
@click.option("--cipher", type=click.Choice([str(a) for a in Algorithm]), help="By default YIPAN_CIPHER.")
def rotate(wait: bool, same_key: bool, cipher: str | None) -> None:
    """Add a key and bring every value under it, in batches, while Yipan runs; stopped, it goes on where it was."""
    settle()
    if not same_key:
        keys.add(new_key(Algorithm(cipher) if cipher else keys.algorithm()))
    active = resealing.begin()
    if not wait:
        click.echo(say("keys_begun", key=active))
        return
    while resealing.work_left():
        resealing.advance()
    click.echo(say("keys_done", key=active))
