"""Runs of the engine's planning side: asked for, followed, kept, and shown; what is accepted becomes holds."""
