"""Every code of placement has its sentence."""

from string import Formatter

import pytest
from django.utils import translation

from yipan.engine.placement.codes import PARAMS, Equipment, Part, Refusal, Tier
from yipan.ui.sentences.placement import SENTENCES

NAMES = [
    *(tier.code for tier in Tier),
    *(part.code for part in Part),
    *(refusal.rule_code for refusal in Refusal if refusal),
    *(f"place_equipment_{(e.name or '').lower()}" for e in Equipment),
]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("code", [*map(str, PARAMS), *NAMES])
def test_every_code_has_a_sentence_with_its_parameters(code: str, language: str) -> None:
    """The sentence of a code uses only parameters that the code carries, and in Chinese it is Chinese."""
    with translation.override(language):
        text = str(SENTENCES[code])
    used = {name for _, name, _, _ in Formatter().parse(text) if name}
    assert used <= set(PARAMS.get(code, {}))
    assert any("一" <= letter <= "鿿" for letter in text) == (language == "zh-hans")
