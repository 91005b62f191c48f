"""The cache of compiled rules does not outlive the rules."""

from yipan.engine.placement.compiled import fingerprint
from yipan.engine.placement.kernel import assess


def test_any_change_of_a_source_changes_the_fingerprint(tmp_path):
    """A changed, added or renamed file is another fingerprint; the same files are the same."""
    (tmp_path / "rules.py").write_text("A = 1")
    seen = [fingerprint(tmp_path)]
    assert fingerprint(tmp_path) == seen[0] > 0
    (tmp_path / "rules.py").write_text("A = 2")
    seen.append(fingerprint(tmp_path))
    (tmp_path / "facts.py").write_text("")
    seen.append(fingerprint(tmp_path))
    (tmp_path / "facts.py").rename(tmp_path / "score.py")
    seen.append(fingerprint(tmp_path))
    assert len(set(seen)) == 4


def test_the_kernel_carries_the_fingerprint_in_its_cache_key():
    """The entry closes over the fingerprint of placement, which Numba hashes into the key."""
    cells = [cell.cell_contents for cell in assess.py_func.__closure__]
    assert cells == [fingerprint()]
