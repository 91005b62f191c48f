"""Words of `yipan simulate`: what one sees while it runs, and what can be wrong with a scenario."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "twin_unreadable": _("The file {path} cannot be read: {why}."),
    "twin_not_toml": _("This is no TOML file: {why}."),
    "twin_wrong": _("{path}: “{value}” is not possible here; it should be like {expected}."),
    "twin_no_dask": _("A cluster needs Dask: install yipan[cluster]."),
    "twin_no_cluster": _("The scheduler at {address} does not answer: {why}."),
    # while it runs
    "twin_preparing": _("Getting ready, looking for the end of the warm-up"),
    "twin_progress": _("{done} of at most {most} replications, intervals {width} times too wide"),
    "twin_stopping": _("{done} replications, stopping"),
    # the outcome
    "twin_nothing_finished": _("Stopped before the first replication was finished. Nothing was written."),
    "twin_not_settled": _("The warm-up may not be over: simulate more days, or say warm_up in days."),
}
