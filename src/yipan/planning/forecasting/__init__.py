"""From bookings and history to stored forecasts, and from those to what the board, the pages and the alerts need."""
