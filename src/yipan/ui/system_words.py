"""What the operating system says when something fails, in the reader's language."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: Mapping[str, Promise] = MappingProxyType(
    {
        os.strerror(errno.EACCES): _("Permission denied"),
        os.strerror(errno.EADDRINUSE): _("Address already in use"),
        os.strerror(errno.EADDRNOTAVAIL): _("Cannot assign requested address"),
        os.strerror(errno.ECONNREFUSED): _("Connection refused"),
        os.strerror(errno.ECONNRESET): _("Connection reset by peer"),
        os.strerror(errno.EHOSTUNREACH): _("No route to host"),
        os.strerror(errno.EISDIR): _("Is a directory"),
        os.strerror(errno.ENETUNREACH): _("Network is unreachable"),
        os.strerror(errno.ENOENT): _("No such file or directory"),
        os.strerror(errno.ENOSPC): _("No space left on device"),
        os.strerror(errno.EPIPE): _("Broken pipe"),
        os.strerror(errno.EROFS): _("Read-only file system"),
        os.strerror(errno.ETIMEDOUT): _("Connection timed out"),
        # What the resolver and Python itself say has no number to ask for.
        "Name or service not known": _("Name or service not known"),
        "Temporary failure in name resolution": _("Temporary failure in name resolution"),
        "timed out": _("timed out"),
    }
)
"""What an `OSError` says → the same for people."""
