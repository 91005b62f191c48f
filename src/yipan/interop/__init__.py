"""Where Yipan speaks with other systems: messages in and out. Sockets live here only."""
