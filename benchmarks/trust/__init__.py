"""How quick and how small the bed pool is: `python -m benchmarks.trust` prints one table, see docs/reference/benchmarks.md."""
