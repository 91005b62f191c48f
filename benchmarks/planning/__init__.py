"""How good plans get on public problems, and how quickly: `python -m benchmarks.planning ihtc --seconds 60`."""
