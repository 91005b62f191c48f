"""How good forecasts are on public series, and how quickly they are made: `python -m benchmarks.forecast divi`."""
