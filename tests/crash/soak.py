"""`make soak`: rounds of work with random kills until the time is over, then a tally. The seed repeats the plan.

SOAK_MINUTES=10 SOAK_SEED=7 make soak
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.crash.clients import Ledger
from tests.crash.installation import PARTS, TOGETHER, Installation
from tests.crash.storm import Kill, round_of

MESSAGES, BOOKINGS = 400, 100
KILLS = (2, 6)
"""At least and at most in one round."""


def plan(chance: random.Random) -> list[Kill]:
    """Kills of a round: one part, two or three at once, or everything; at any moment of it."""
    kills = []
    for _ in range(chance.randint(*KILLS)):
        size = chance.choice([1, 1, 1, 2, 2, 3, len(PARTS)])
        what = TOGETHER if size == len(PARTS) else "+".join(sorted(chance.sample(PARTS, size)))
        kills.append(Kill(round(chance.random(), 3), what))
    return sorted(kills, key=lambda kill: kill.after)


def main() -> int:
    """Run it; the exit code says whether anything was violated."""
    minutes = float(os.environ.get("SOAK_MINUTES", "10"))
    seed = int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(10**6))
    say(f"soak for {minutes:g} minutes, SOAK_SEED={seed}")
    folder = Path(tempfile.mkdtemp(prefix="yipan-soak-"))
    folder.chmod(0o755)
    chance, ledger = random.Random(seed), Ledger()
    installation = Installation(folder.resolve(), chance)
    rounds, found, end = 0, list[str](), time.monotonic() + 60 * minutes
    try:
        installation.start()
        while time.monotonic() < end and not found:
            kills = plan(random.Random(f"{seed} {rounds}"))
            say(f"round {rounds + 1}: {', '.join(f'{kill.what} at {kill.after:.0%}' for kill in kills)}")
            found = round_of(installation, ledger, messages=MESSAGES, bookings=BOOKINGS, kills=kills)
            rounds += 1
            for violation in found:
                say(f"  VIOLATED: {violation}")
        if found:
            say(f"what the processes said last:\n{installation.said()[-3000:]}")
    finally:
        installation.stop()
        shutil.rmtree(folder, ignore_errors=True)
    tally(installation, ledger, rounds, found)
    return 1 if found else 0


def tally(installation: Installation, ledger: Ledger, rounds: int, found: list[str]) -> None:
    """What happened, in a table."""
    by_part = dict.fromkeys(PARTS, 0)
    for what, count in installation.kills.items():
        for part in PARTS if what == TOGETHER else what.split("+"):
            by_part[part] += count
    rows = {
        "rounds": rounds,
        "kills": sum(installation.kills.values()),
        **{f"  of {part}": count for part, count in by_part.items()},
        "  of everything at once": installation.kills.get(TOGETHER, 0),
        "starts of the supervisor": installation.starts,
        "messages acknowledged": len(ledger.acknowledged),
        "bookings confirmed": len(ledger.confirmed),
        "repeated by clients": ledger.repeats,
        "violations": len(found),
    }
    for name, value in rows.items():
        say(f"{name:<28}{value:>8}")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
