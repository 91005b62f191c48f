"""Chinese or English for people at a terminal, after LANG as every Unix program does."""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

from yipan.kernel.errors import YipanError

EXIT_CODE = 2


def language() -> str:
    """`zh-hans` when the terminal's locale is Chinese, else `en`."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "zh-hans" if value.lower().startswith("zh") else "en"
    return "en"


def set_up() -> None:
    """Load Django with all apps, and speak the terminal's language from here on in this thread."""
    import django
    from django.utils import translation

    from yipan.server import catalogues

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yipan.server.settings")
    catalogues.compile_stale()
    django.setup()
    translation.activate(language())


def set_up_words() -> None:
    """Make `say` work in a process that needs none of the apps: the supervisor, and one that could not start."""
    import django
    from django.conf import settings
    from django.utils import translation

    from yipan.server import catalogues

    if not settings.configured:
        catalogues.compile_stale()
        settings.configure(USE_I18N=True, LOCALE_PATHS=[catalogues.LOCALES])
        django.setup()
    translation.activate(language())


def say(code: str, /, **params: Any) -> str:
    """The sentence of a code, filled with texts and numbers. Needs `set_up` or `set_up_words`."""
    from yipan.ui.sentences import backup, forecast, ihtc, plan, server, twin

    for room in (server, backup, plan, ihtc, forecast, twin):
        if code in room.SENTENCES:
            return str(room.SENTENCES[code]).format(**params)
    from yipan.ui.messages import sentence

    return sentence(code, params)


def give_up(error: YipanError) -> NoReturn:
    """Print the sentence of an error, without a traceback, and end the process with exit code 2."""
    try:
        set_up_words()
        mistakes = [f"- {say(code, **params)}" for code, params in error.params.get("mistakes", ())]
        text = "\n".join([say(error.code, **error.params), *mistakes])
    except Exception:  # the apps are not loaded, or the catalogue cannot be written: the code still says something
        text = str(error)
    sys.stderr.write(text + "\n")
    sys.exit(EXIT_CODE)
