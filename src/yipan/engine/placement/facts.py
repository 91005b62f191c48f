"""Facts that the rules ask about, read once for each ranking: what is ready when, who is in which room, how far.

Compiled; called by `kernel` only.
"""

from __future__ import annotations

import numpy as np

from yipan.engine.placement.beds import NEVER
from yipan.engine.placement.codes import BedState, Isolation, Sex
from yipan.engine.placement.compiled import inner

A_DAY = 24 * 60


@inner
def nowhere(size):  # type: ignore[no-untyped-def]
    """An array of indices that point nowhere."""
    indices = np.zeros(size, np.int32)
    for i in range(size):
        indices[i] = -1
    return indices


@inner
def turnover_of(case, ward):  # type: ignore[no-untyped-def]
    return ward.turnover if ward.turnover >= 0 else case.turnover


@inner
def ready_at(bed, turnover, horizon):  # type: ignore[no-untyped-def]
    """The minute at which the bed can take somebody; NEVER when that is not known or not to be trusted."""
    if bed.state == BedState.FREE:
        return 0
    if bed.state == BedState.CLEANING:
        return turnover if bed.available_at == NEVER else max(bed.available_at, 0)
    if bed.state == BedState.OCCUPIED and bed.available_at <= horizon:
        return max(bed.available_at, 0) + turnover
    if bed.state == BedState.CLOSED and bed.available_at > 0:
        return bed.available_at  # a closure with an end; one that should be over is still there
    return NEVER


@inner
def survey(beds, wards, case):  # type: ignore[no-untyped-def]
    """When each bed is ready, and how many beds each ward can count on.

    A bed counts for its ward when it stays free for a day after it is ready. `prompt` counts those ready at the
    wanted time; later ones hang in a chain for each ward.
    """
    ready, counted = np.zeros(beds.shape[0], np.int32), np.zeros(beds.shape[0], np.int32)
    prompt, late_first = np.zeros(wards.shape[0], np.int32), nowhere(wards.shape[0])
    late_next = nowhere(beds.shape[0])
    for i in range(beds.shape[0]):
        bed = beds[i]
        ready[i] = ready_at(bed, turnover_of(case, wards[bed.ward]), case.horizon)
        if ready[i] == NEVER or bed.available_until < max(ready[i], case.start) + A_DAY:
            continue
        counted[i] = 1
        if ready[i] <= case.start:
            prompt[bed.ward] += 1
        else:
            late_next[i], late_first[bed.ward] = late_first[bed.ward], i
    return ready, counted, prompt, late_first, late_next


@inner
def count_late(ward, ready, at, late_first, late_next):  # type: ignore[no-untyped-def]
    """How many of the ward's later beds are ready by `at`."""
    count, i = 0, late_first[ward]
    while i >= 0:
        count += ready[i] <= at
        i = late_next[i]
    return count


@inner
def guests_by_room(guests, beds, rooms):  # type: ignore[no-untyped-def]
    """Chains of guests: the first of each room, and the one that follows each."""
    first, following = nowhere(rooms.shape[0]), nowhere(guests.shape[0])
    for g in range(guests.shape[0]):
        if guests[g].bed >= 0:
            room = beds[guests[g].bed].room
            following[g], first[room] = first[room], g
    return first, following


@inner
def walk_from_home(wards, minutes, case):  # type: ignore[no-untyped-def]
    """Minutes on foot to each ward from the attending's ward, or from the nearest ward of the home department."""
    walk = np.zeros(wards.shape[0], np.float64)
    for w in range(wards.shape[0]):
        walk[w] = np.inf
    for home in range(wards.shape[0]):
        if home == case.ward or (case.ward < 0 and wards[home].department == case.department):
            for w in range(wards.shape[0]):
                walk[w] = min(walk[w], minutes[home, w])
    return walk


@inner
def company_in(guests, case, i, at, first, following):  # type: ignore[no-untyped-def]
    """Who else is in the room, or booked into it, during the stay; `first` is the first guest of the room.

    Returns (all, men, women, infected, protected, same): `same` shares isolation kind and known pathogen.
    """
    others = men = women = infected = protected = same = 0
    g = first
    while g >= 0:
        guest = guests[g]
        g = following[g]
        if guest.bed == i or guest.bed == case.current_bed:
            continue
        if guest.since >= at + case.stay or max(guest.until, 1) <= at:
            continue
        others += 1
        men += guest.sex == Sex.MALE
        women += guest.sex == Sex.FEMALE
        protected += guest.isolation == Isolation.PROTECTIVE
        infected += guest.isolation != Isolation.NONE and guest.isolation != Isolation.PROTECTIVE
        same += guest.isolation == case.isolation and guest.pathogen == case.pathogen and case.pathogen > 0
    return others, men, women, infected, protected, same
