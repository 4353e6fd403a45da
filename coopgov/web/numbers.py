"""Numbers in addresses: those that a database column can keep."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1


class KeptInteger(IntegerConverter):
    """A whole number that some row may have; a larger one leads nowhere."""

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **{"max": LARGEST, **kwargs})


def register_numbers(app: Flask) -> None:
    """Let `<int:…>` in addresses mean numbers that can be kept."""
    app.url_map.converters["int"] = KeptInteger


def kept_number(text: str) -> int:
    """The whole number of a question in an address; raises ValueError for one that no row can have."""
    number = int(text)
    if not 0 <= number <= LARGEST:
        raise ValueError(text)
    return number
