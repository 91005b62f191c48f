"""Backups of one installation: sealed, read back, and restored into an empty place.

| file | idea |
|---|---|
| `sealed` | a stream that nobody can read, change, cut or extend without its key |
| `keys` | where that key comes from: a file, or a passphrase |
| `parts` | named parts in one stream, and their digests |
| `kept` | the files beside the database that a backup carries: keys and passwords |
| `programs`, `source` | PostgreSQL's own programs, and what the server allows |
| `taking`, `folder`, `checking` | make a backup, name it, keep so many, read it back |
| `wal`, `archive` | PostgreSQL's journal, carried away continuously: the way to any moment |
| `restoring`, `unpacking`, `loading` | back again |
"""
