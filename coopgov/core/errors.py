"""What a command answers when it cannot do what was asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Citation:
    """The article a figure or a rule rests on."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """Indicate that one rule is not kept: what is wrong, the figure, the article, what to do.

    `sentence` is an English message id with `%(name)s` places, translated and filled from `values`
    when it is shown; values keep their type (date, Cents, Fraction, int, str).
    """

    code: str
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)
    citations: tuple[Citation, ...] = ()
    field: str | None = None

    def __str__(self) -> str:
        return self.sentence % self.values


class RuleBroken(Exception):
    """Indicate that a command is refused; nothing was kept."""

    def __init__(self, breaches: Iterable[Breach]) -> None:
        self.breaches = tuple(breaches)
        super().__init__(self.breaches)

    def __str__(self) -> str:
        return "; ".join(f"{breach.code}: {breach}" for breach in self.breaches)


class NotFound(Exception):
    """Indicate that the thing asked for does not exist, or is not for this actor to see."""


class Forbidden(Exception):
    """Indicate that the actor may not do this."""


def refuse_if(breaches: Iterable[Breach]) -> None:
    """Raise one `RuleBroken` with all the breaches, if there are any."""
    found = tuple(breaches)
    if found:
        raise RuleBroken(found)
