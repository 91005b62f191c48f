"""Any order and any result, for tests that write them and read them back."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from yipan.codecs.hl7v2.orders import KINDS, Order, OrderEvent
from yipan.codecs.hl7v2.results import Observation, Report, ResultEvent, StructuredNumber
from yipan.codecs.hl7v2.timestamp import Timestamp, timestamp
from yipan.codecs.hl7v2.types import CWE, CX, EI, HD, NDL, PL, XCN, XON, XPN

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=1, max_size=8)
maybe = st.none() | words
numbers = st.decimals(-(10**6), 10**6, places=3)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)).map(
    lambda at: timestamp(at.replace(microsecond=0, tzinfo=UTC))
)
when = st.none() | instants
codes = st.builds(CWE, words, maybe, maybe, maybe)
entities = st.builds(EI, words, maybe)
people = st.builds(XCN, words, maybe)
sn = st.builds(StructuredNumber, st.sampled_from(["<", ">", "<=", ">=", "=", "<>"]), numbers, maybe, st.none())

person: dict[str, Any] = {
    "trigger": st.just("R01"),
    "message_control_id": words,
    "sending_application": words,
    "sending_facility": words,
    "sent_at": instants,
    "identifiers": st.lists(st.builds(CX, words, st.none(), st.builds(HD, words), maybe), max_size=2).map(tuple),
    "name": st.builds(XPN, words, maybe),
    "sex": st.sampled_from([None, "male", "female", "other", "unknown"]),
    "birth": when,
    "patient_class": st.sampled_from([None, "I", "O", "E"]),
    "location": st.none() | st.builds(PL, words, maybe, maybe),
    "attending": st.none() | people,
    "hospital_service": maybe,
    "visit": st.none() | st.builds(CX, words, type=st.just("VN")),
}
orders = st.builds(
    Order,
    control=st.sampled_from(["NW", "CA", "XO", "DC"]),
    placer=st.none() | entities,
    filler=st.none() | entities,
    group=st.none() | entities,
    status=maybe,
    service=codes,
    priority=st.sampled_from([None, "S", "A", "R"]),
    requested_at=when,
    ordered_at=when,
    provider=st.none() | people,
    department=st.none() | codes,
    reason=st.none() | codes,
    clinical=maybe,
    notes=st.lists(words, max_size=2).map(tuple),
)
order_events = st.builds(
    OrderEvent,
    **{**person, "trigger": st.just("O01")},
    kind=st.sampled_from(sorted(KINDS)),
    orders=st.lists(orders, min_size=1, max_size=3).map(tuple),
)


def observed(kind: str, values: Any) -> Any:
    return st.builds(
        Observation,
        kind=st.just(kind),
        code=codes,
        sub_id=maybe,
        values=values,
        units=st.none() | codes,
        reference_range=maybe,
        flags=st.lists(st.sampled_from(["H", "L", "HH", "LL", "A", "N"]), max_size=2).map(tuple),
        status=st.sampled_from("FPCX"),
        observed_at=when,
        producer=st.none() | codes,
        responsible=st.none() | people,
        method=st.none() | codes,
        analysed_at=when,
        performer=st.none() | st.builds(XON, words, id=maybe),
        notes=st.lists(words, max_size=2).map(tuple),
    )


def some(values: Any) -> Any:
    return st.lists(values, max_size=2).map(tuple)


texts = st.just(()) | st.lists(words, min_size=1, max_size=3).map(lambda lines: ("\n".join(lines),))
observations = (
    observed("NM", some(numbers))
    | observed("SN", some(sn))
    | observed("CE", some(codes))
    | observed("CWE", some(codes))
    | observed("ST", texts)
    | observed("TX", texts)
    | observed("FT", texts)
)
reports = st.builds(
    Report,
    placer=st.none() | entities,
    filler=st.none() | entities,
    service=codes,
    status=st.sampled_from("FPCX"),
    observed_at=when,
    reported_at=when,
    provider=st.none() | people,
    section=maybe,
    interpreter=st.none() | st.builds(NDL, words, maybe),
    notes=st.lists(words, max_size=2).map(tuple),
    observations=st.lists(observations, max_size=4).map(tuple),
)
result_events = st.builds(ResultEvent, **person, reports=st.lists(reports, min_size=1, max_size=2).map(tuple))


def plain(value: Any) -> Any:
    """A value without what writing leaves out: how a time was written, and what is read twice (`names`)."""
    if isinstance(value, Timestamp):
        return value.at
    if is_dataclass(value):
        left_out = {"names", "place", "trigger", "sent_at", "birth"}
        return {f.name: plain(getattr(value, f.name)) for f in fields(value) if f.name not in left_out}
    if isinstance(value, tuple):
        return [plain(v) for v in value]
    return value
