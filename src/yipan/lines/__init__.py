"""Service lines: small folders on the spine that never import one another."""
