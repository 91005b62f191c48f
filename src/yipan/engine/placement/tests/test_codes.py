"""The numbers and words that others rely on."""

from yipan.engine.placement.codes import PARAMS, Part, ReasonCode, Refusal, Tier
from yipan.engine.placement.tests.test_rules import SCENES


def test_every_reason_and_refusal_says_its_parameters():
    """No code without the names and kinds of its parameters."""
    assert set(PARAMS) == {r.code for r in Refusal if r} | set(ReasonCode)


def test_codes_are_distinct():
    """A code names one sentence."""
    codes = [*PARAMS, *(t.code for t in Tier), *(p.code for p in Part)]
    assert len(codes) == len(set(codes))


def test_numbers_in_arrays_never_change():
    """Stored rankings and caches rely on the numbers: new refusals are appended in the order of the rules."""
    assert [int(r) for r in Refusal] == list(range(33))
    assert [int(t) for t in Tier] == [1, 2, 3, 4, 5]
    assert [scene.refusal for scene in SCENES] == [r for r in Refusal if r]
