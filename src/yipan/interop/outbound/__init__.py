"""Messages out: who is told what, in order, at least once; what a receiver refuses waits for a person."""
