"""The twin measured: how fast, how true, and what policies do on it."""
