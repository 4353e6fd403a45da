"""The application as Flask makes it, but for what it would ask again in every request."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request, Response

ONE_YEAR = 31_536_000
MAX_UPLOAD = 16 * 1024 * 1024
MAX_FIELD = 500_000
MAX_FIELDS = 1_000


class SiteRequest(Request):
    """Flask's, told its limits: it would look them up in the settings eight times for each form."""

    def __init__(self, *args: Any, **told: Any) -> None:
        super().__init__(*args, **told)
        self.max_content_length, self.max_form_memory_size, self.max_form_parts = MAX_UPLOAD, MAX_FIELD, MAX_FIELDS


class Site(Flask):
    """Flask, told once that no function of ours is a coroutine."""

    request_class = SiteRequest

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """What answers without a loop of events: all of ours do."""
        return func

    def send_static_file(self, filename: str) -> Response:
        """A file whose address changes with its content: a browser keeps it."""
        answer = super().send_static_file(filename)
        answer.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
        return answer
