"""Plain Python that every other room may use: clock, ids, errors, intervals."""
