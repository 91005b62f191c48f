"""What a backup carries besides the database: the files of the state directory that cannot be made again.

The one list: whoever adds a key or another such file to the state directory gives it a name that stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from yipan.kernel.errors import InvalidInput
from yipan.server.backup.keys import NAME as OWN_KEY

PATTERNS = ("*.key", "keys.json", "audit/**/*")
"""Secrets of the processes, keys of sealed columns, the journal's signing key with the checkpoints it has signed."""
NOT_THESE = (OWN_KEY, "*.new", "*.lock")  # a backup does not carry the key that opens it

DATABASE = "database"
PASSWORDS = "*.password"


def files(state: Path) -> Iterator[tuple[str, Path]]:
    """Name and place of each file to carry, in the order of the names."""
    found = {path for pattern in PATTERNS for path in state.glob(pattern) if path.is_file() and not path.is_symlink()}
    for path in sorted(found):
        if not any(path.match(pattern) for pattern in NOT_THESE):
            yield path.relative_to(state).as_posix(), path


def target(directory: Path, name: str) -> Path:
    """Where the file called `name` goes below `directory`. Raises InvalidInput when the name leads elsewhere."""
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts:
        raise InvalidInput("backup_malformed")
    return directory / path


def write(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)
