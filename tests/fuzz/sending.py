"""Forms as bytes, so that anything can be sent."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote_from_bytes

BOUNDARY = "yipan-boundary"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def encoded(pairs: Iterable[tuple[str | bytes, str | bytes]]) -> bytes:
    """As application/x-www-form-urlencoded."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs).encode()


def with_file(field: str, filename: str, data: bytes, **fields: str) -> bytes:
    """A form with a file as multipart/form-data (RFC 7578), the names as they are."""
    parts = [
        b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (BOUNDARY.encode(), k.encode(), v.encode())
        for k, v in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{filename}"\r\n\r\n'
    return b"".join(parts) + head.encode("utf-8", "surrogatepass") + data + b"\r\n--%b--\r\n" % BOUNDARY.encode()


def _quoted(text: str | bytes) -> str:
    return quote_from_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
