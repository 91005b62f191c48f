"""Background jobs: declare one with `task`, ask for it with `enqueue`; the worker of `yipan.server` runs it."""

from yipan.base.jobs.queue import app, enqueue, task

__all__ = ["app", "enqueue", "task"]
