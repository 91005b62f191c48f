"""TLS for MLLP, version 1.2 or newer."""

from __future__ import annotations

import ssl
from pathlib import Path

from yipan.kernel.errors import Unavailable


def server_context(certificate: Path, key: Path, client_ca: Path | None = None) -> ssl.SSLContext:
    """For a listener. With `client_ca`, peers must show a certificate that it signed.

    All files are PEM. Raises Unavailable `mllp_tls_file` for one that cannot be read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _load(context, certificate, key, client_ca)
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_context(ca: Path | None = None, certificate: Path | None = None, key: Path | None = None) -> ssl.SSLContext:
    """For a sender: trusts `ca`, or else the system's authorities; shows `certificate`. Errors as above."""
    context = ssl.create_default_context()
    _load(context, certificate, key, ca)
    return context


def _load(context: ssl.SSLContext, certificate: Path | None, key: Path | None, ca: Path | None) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        if certificate is not None:
            context.load_cert_chain(certificate, key)
        if ca is not None:
            context.load_verify_locations(ca)
    except OSError as error:  # ssl.SSLError is one
        files = ", ".join(str(path) for path in (certificate, key, ca) if path is not None)
        raise Unavailable("mllp_tls_file", files=files, reason=str(error)) from error
