"""One bed pool for the whole network (全院一张床)."""
