"""The spine: Request, Capacity, Booking, Event. Every service line stands on these four and on nothing beside them."""
