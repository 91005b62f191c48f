"""The package as its users see it."""

from __future__ import annotations

import doctest

import yipan.codecs.hl7v2


def test_example_of_the_package_runs() -> None:
    """The example in the package's docstring is true."""
    result = doctest.testmod(yipan.codecs.hl7v2)
    assert (result.failed, result.attempted) == (0, 3)
