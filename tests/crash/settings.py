"""Yipan's settings with a witness beside: what the processes under test run with."""

from yipan.server.settings import *  # noqa: F403
from yipan.server.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.crash.witness.Witness"]
