"""Who a member is and where she is reached; how names are folded so that they are found."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from coopgov.members.rules.kinds import Category, PartyKind

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


# Letters that decomposition leaves alone.
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})


def fold(text: str) -> str:
    """The text in plain small letters and figures, words one blank apart: Œuvré-Müller gives “oeuvre muller”."""
    return _NOT_A_WORD.sub(" ", text.lower() if text.isascii() else _plain(text)).strip()


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def words_of(*texts: str) -> list[str]:
    """The distinct folded words by which something is found."""
    return list(dict.fromkeys(word[:60] for text in texts for word in fold(text).split()))


@dataclass(frozen=True, slots=True)
class College:
    """A college as members see it: its code and its name."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who applies or is enrolled: a person, or an organisation and its representative."""

    kind: PartyKind
    legal_name: str
    given_names: str = ""
    birth_date: date | None = None
    birth_place: str = ""
    siren: str = ""
    representative: str = ""
    is_cooperative: bool = False

    @property
    def name(self) -> str:
        """The name as it is shown: given names first, or the organisation's name."""
        return f"{self.given_names} {self.legal_name}".strip()

    @property
    def sort_name(self) -> str:
        """The folded name by which lists are ordered: family name first."""
        return fold(f"{self.legal_name} {self.given_names}")[:250]


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a member is reached: e-mail, telephone, postal address."""

    email: str = ""
    phone: str = ""
    address: tuple[str, ...] = ()
    postcode: str = ""
    town: str = ""

    @property
    def postal_lines(self) -> tuple[str, ...]:
        """The lines of an envelope below the name; the last one is the postcode and the town."""
        return tuple(line for line in (*self.address, f"{self.postcode} {self.town}".strip()) if line)


@dataclass(frozen=True, slots=True)
class Application:
    """A candidature (*candidature*) as it is sent."""

    person: Person
    reach: Reach
    craft: str
    category: Category
    college: str = ""
    shares_wished: int = 1
    has_shop: bool = False
    consents_to_email: bool = False
    accepts_statutes: bool = False
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class NewMember:
    """Somebody who is a member already, with the days of the past: for an import or a demonstration."""

    person: Person
    joined_on: date
    category: Category
    number: int | None = None
    reach: Reach = field(default_factory=Reach)
    craft: str = ""
    college: str = ""
    has_shop: bool = False
    applied_on: date | None = None
    decision: str = ""
    consent_on: date | None = None
    consent_proof: str = ""
