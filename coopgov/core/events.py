"""What a feature tells the ones above it, inside the same transaction."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coopgov.core.act import Act


class Event:
    """Something that has just happened; subclasses are frozen dataclasses named in the past."""


Handler = Callable[["Act", Any], None]
Handlers = Mapping[type[Event], Sequence[Handler]]
