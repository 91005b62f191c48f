"""The network: who belongs to it, what stands where, and under which policy it shares its beds."""
