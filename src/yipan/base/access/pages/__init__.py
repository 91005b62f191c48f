"""Pages of this room: login, users, second factors, records opened in an emergency."""
