"""Clinics and their seats: visiting specialists and residents, appointments, the queue at the door."""
