"""Words of `yipan plan`: what one sees while it searches, and what can be wrong with its files."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    # while it runs
    "plan_preparing": _("Getting ready"),
    "plan_progress": _("Cost {cost}, {left} s left"),
    "plan_progress_moves": _("Cost {cost}, {done} of {total} moves"),
    "plan_stopping": _("Cost {cost}, stopping"),
    "plan_not_yet_feasible": _("not yet possible"),
    # the files
    "plan_unreadable": _("The file {path} cannot be read: {why}."),
    "plan_unwritable": _("No plan can be written to {path}. Name a file in a directory that you may write to."),
    "plan_over_source": _("The plan would replace the file it is made from, {path}. Give it another name."),
    "plan_not_written": _("The plan could not be written to {path}: {why}."),
    # the outcome
    "plan_breaks_rules": _("No plan that keeps every rule was found ({rules}). Nothing was written."),
}
