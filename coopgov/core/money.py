"""Money in whole cents, and the one way to divide it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NewType

Cents = NewType("Cents", int)


@dataclass(frozen=True, slots=True)
class Euros:
    """An amount inside a sentence, so that it is shown as money and not as a number."""

    cents: int


_SPACES = re.compile(r"[\s\u00a0\u202f]")
# At most twelve digits of euros: more is a slip of the hand, and no database could keep it.
_AMOUNT = re.compile(r"-?\d{1,12}(?:[.,]\d{1,2})?", re.ASCII)
# A grouped amount has one to three digits, then groups of exactly three: "1 234,56".
_GROUPED = re.compile(r"-?\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,3}(?:[.,]\d{1,2})?", re.ASCII)


def parse_cents(text: str) -> Cents:
    """Read an amount in euros as a French or English person types it: 12,50, 12.50, 1 234,56.

    Raises ValueError on anything else (1e3, 1.234,56, 12,505, an empty text, a thousand billion).
    """
    stripped = text.strip().removesuffix("€").strip()
    if not (_AMOUNT.fullmatch(stripped) or _GROUPED.fullmatch(stripped)):
        raise ValueError(text)
    plain = _SPACES.sub("", stripped).replace(",", ".")
    sign = -1 if plain.startswith("-") else 1
    euros, _, cents = plain.lstrip("-").partition(".")
    return Cents(sign * (int(euros) * 100 + int((cents + "00")[:2])))


def split(total: Cents, weights: Sequence[int]) -> list[Cents]:
    """Share out a sum to the cent; the cents left over go to the largest remainders.

    Equal remainders are served in order. Raises ValueError without a positive weight, or on a negative one.
    """
    whole = sum(weights)
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must be positive")
    shares = [divmod(abs(total) * weight, whole) for weight in weights]
    parts = [quotient for quotient, _ in shares]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-shares[i][1], i))
    for i in by_remainder[: abs(total) - sum(parts)]:
        parts[i] += 1
    return [Cents(part if total >= 0 else -part) for part in parts]
