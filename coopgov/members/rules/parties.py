"""Who holds and who speaks: representatives, joint holders, heirs, the account one is paid on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from coopgov.core.errors import Breach
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.members.rules.kinds import HeirWish, PartyKind
from coopgov.members.rules.people import fold
from coopgov.members.rules.standing import check_not_ahead

# Joint holders are several.
FEWEST_HOLDERS = 2
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Representative:
    """Who speaks for a party, from a day to a day."""

    name: str
    office: str
    from_day: date
    until_day: date | None
    proof: str = ""

    def holds_on(self, on: date) -> bool:
        """True when she speaks for the party on that day."""
        return self.from_day <= on and (self.until_day is None or on <= self.until_day)


def check_representative(
    kind: PartyKind, held: Sequence[Representative], *, from_day: date, today: date, is_estate: bool, law: Figures
) -> list[Breach]:
    """List why nobody can be named from that day: one at a time, and a person speaks for herself."""
    if kind is PartyKind.PERSON and not is_estate:
        sentence = N_(
            "A person speaks for herself. Only an organisation, joint holders or heirs have a representative."
        )
        return [Breach("speaks_for_herself", sentence, {}, field="name")]
    breaches = check_not_ahead(from_day, today, field="from_day")
    last = max((one.from_day for one in held), default=None)
    if last is None or from_day > last:
        return breaches
    one_proxy = law.find_figure("membership.joint_holders_one_proxy", on=from_day)
    sentence = N_("Somebody was named on %(last)s, and there is one representative at a time. Choose a later day.")
    citations = one_proxy.citations if one_proxy and kind is not PartyKind.ORGANISATION else ()
    return [*breaches, Breach("one_representative", sentence, {"last": last}, citations, "from_day")]


def check_holders(names: Sequence[str], representative: str, *, on: date, law: Figures) -> list[Breach]:
    """Joint holders are at least two, named apart, with a single proxy (code civil, art. 1844)."""
    breaches = []
    if len({fold(name) for name in names}) < FEWEST_HOLDERS or len({fold(name) for name in names}) < len(names):
        sentence = N_("Joint holders are at least two, each named once, one a line.")
        breaches.append(Breach("too_few_holders", sentence, {}, field="names"))
    if not representative.strip():
        one_proxy = law.figure("membership.joint_holders_one_proxy", on=on)
        sentence = N_("Joint holders vote through one person alone. Name her.")
        breaches.append(Breach("no_joint_proxy", sentence, {}, one_proxy.citations, "representative"))
    return breaches


# The account one is paid on


def tidy_iban(text: str) -> str:
    """The account number in capitals, without blanks."""
    return "".join(text.split()).upper()


def check_iban(text: str) -> list[Breach]:
    """An account number (IBAN) has a country, a length and check digits that agree."""
    from schwifty import IBAN  # noqa: PLC0415 - it reads the tables of every bank: only when a number is typed

    if IBAN(tidy_iban(text), allow_invalid=True).is_valid:
        return []
    sentence = N_("This account number is not right: copy it again from the bank's own paper, with its first letters.")
    return [Breach("bad_iban", sentence, {}, field="iban")]


def check_new_iban(
    *, known: str | None, since: date | None, new: str, on: date, today: date, proof: str, reason: str
) -> list[Breach]:
    """A first number needs its proof; another one needs a reason too, and its own days."""
    breaches = check_not_ahead(on, today, field="on")
    if not proof.strip():
        sentence = N_("Say what proves that the account is hers: the bank's paper and its day.")
        breaches.append(Breach("iban_without_proof", sentence, {}, field="proof"))
    if known is None:
        return breaches
    if known == tidy_iban(new):
        breaches.append(Breach("same_iban", N_("This account number is the one in use already."), {}, field="iban"))
    if not reason.strip():
        sentence = N_("Say why the account changes, and how it was checked with the person herself.")
        breaches.append(Breach("iban_without_reason", sentence, {}, field="reason"))
    if since is not None and on < since:
        sentence = N_("The account in use is so since %(since)s. Choose that day or a later one.")
        breaches.append(Breach("iban_before_the_last", sentence, {"since": since}, field="on"))
    return breaches


def mask_iban(iban: str) -> str:
    """Enough of an account number to know it again, not to use it: FR76 •••• 0189."""
    return f"{iban[:_SHOWN]} •••• {iban[-_SHOWN:]}" if iban else ""


# Heirs


@dataclass(frozen=True, slots=True)
class HeirFact:
    """One heir as rules see her: what she wishes, and whether she is a member by now."""

    name: str
    wish: HeirWish
    is_member: bool = False


def next_steps(heirs: Sequence[HeirFact], *, has_notary: bool, has_representative: bool) -> list[str]:
    """What is next in a death file, as sentences: heirs become members or are paid back, nobody inherits a vote."""
    steps = []
    if not has_notary:
        steps.append(N_("Write who settles the estate: the notary, or the heirs themselves."))
    if not heirs:
        return [*steps, N_("Name the heirs, from the notary's act.")]
    if len(heirs) > 1 and not has_representative:
        steps.append(N_("Have the heirs name one representative: until they share, they hold together."))
    if any(heir.wish is HeirWish.UNKNOWN for heir in heirs):
        steps.append(N_("Ask each heir whether she applies for membership or wants to be paid back."))
    if any(heir.wish is HeirWish.APPLY and not heir.is_member for heir in heirs):
        steps.append(N_("Have those who wish it apply: they are admitted or refused like anybody."))
    return steps or [N_("Close the file: the shares then go to the heirs who are members, or are paid back.")]


def check_close_estate(heirs: Sequence[HeirFact]) -> list[Breach]:
    """List why the shares of a deceased member must still wait."""
    if not heirs:
        return [Breach("no_heirs", N_("Name the heirs before you close the file, from the notary's act."))]
    waiting = [
        heir.name
        for heir in heirs
        if heir.wish is HeirWish.UNKNOWN or (heir.wish is HeirWish.APPLY and not heir.is_member)
    ]
    if not waiting:
        return []
    sentence = N_("The shares still wait for: %(names)s. Each heir becomes a member first, or asks to be paid back.")
    return [Breach("heirs_undecided", sentence, {"names": ", ".join(waiting)})]
