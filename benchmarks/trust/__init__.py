"""How quick and how small the bed pool is: `python -m benchmarks.trust` prints one table of figures and goals."""
