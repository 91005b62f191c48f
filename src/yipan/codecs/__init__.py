"""Bytes to dataclasses and back. Plain Python: no sockets, no Django."""
