"""What a member writes on a transfer so that it is known again, and the code that a phone reads it from."""

from coopgov.core.money import Cents
from coopgov.treasury.banking.sepa import OwnAccount

PREFIX = "PARTS"


def reference_of(number: int) -> str:
    """The personal reference of a member: it stays the same for every payment on her shares."""
    return f"{PREFIX}-{number:05}"


def epc_text(account: OwnAccount, cents: Cents, reference: str) -> str:
    """What the code of a transfer holds (EPC069-12, version 2): the phone's bank fills its form with it."""
    euros, rest = divmod(cents, 100)
    return "\n".join(
        (
            "BCD",
            "002",
            "1",
            "SCT",
            account.bic,
            account.holder,
            account.iban,
            f"EUR{euros}.{rest:02}",
            "",
            "",
            reference,
        )
    )


def spaced(iban: str) -> str:
    """An IBAN in groups of four, as people copy it."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
