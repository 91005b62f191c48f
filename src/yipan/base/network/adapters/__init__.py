"""From the files that others publish to a network: one module for each source."""
