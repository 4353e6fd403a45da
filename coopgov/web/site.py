"""The application as Flask makes it, but for what it would ask of every function in every request."""

from collections.abc import Callable
from typing import Any

from flask import Flask


class Site(Flask):
    """Flask, told once that no function of ours is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """What answers without a loop of events: all of ours do."""
        return func
