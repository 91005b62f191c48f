"""What the examinations say to and hear from other systems. No sockets here."""
