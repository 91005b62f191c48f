"""The cache of compiled rules does not outlive the rules."""

import os
import subprocess
import sys

from yipan.engine.placement import compiled
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


def test_of_processes_that_start_together_one_compiles(tmp_path):
    """Each says that it is ready, all begin at once, and the code was compiled once."""
    lines = "\n".join(f"    for i{n} in range(n):\n        total += np.sqrt(i{n}) * {n}" for n in range(30))
    (tmp_path / "slow_to_compile.py").write_text(
        "import sys\nimport numpy as np\nfrom yipan.engine.placement.compiled import entry\n"
        f"@entry\ndef sums(n):\n    total = 0.0\n{lines}\n    return total\n"
        "print('ready', flush=True)\nsys.stdin.readline()\nsums(3)\nprint(sum(sums.stats.cache_misses.values()))\n"
    )
    where = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": where}
    command = [sys.executable, str(tmp_path / "slow_to_compile.py")]
    running = [subprocess.Popen(command, **pipes) for _ in range(3)]
    assert [one.stdout.readline() for one in running] == ["ready\n"] * 3
    for one in running:
        one.stdin.write("go\n")
        one.stdin.flush()
    assert sorted(int(one.communicate()[0]) for one in running) == [0, 0, 1]


def test_a_cache_that_cannot_be_locked_stops_nobody(tmp_path):
    """Where no file can be opened each process compiles for itself."""
    place = tmp_path / "file" / "kernel.lock"
    (tmp_path / "file").write_text("")
    with compiled._alone(place):
        pass
