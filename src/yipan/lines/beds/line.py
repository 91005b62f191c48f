"""The table of contents of the bed pool."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yipan.base.access import Role, matrix
from yipan.base.access.roles import EVERY_PERSON
from yipan.lines.beds import pages, tasks, wire
from yipan.spine import outbox
from yipan.spine.queries import RequestState
from yipan.spine.registry import Line, register
