"""The pages: plans, and forecasts with what they give rise to."""
