"""Parties that were written down twice: by what they are found, and what stands against joining them."""

from dataclasses import dataclass
from enum import StrEnum

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.members.rules.kinds import Status


class Alike(StrEnum):
    """What two parties have in common."""

    NAME_AND_BIRTH = "name_and_birth"
    SIREN = "siren"
    EMAIL = "email"
    IBAN = "iban"


@dataclass(frozen=True, slots=True)
class Joining:
    """What is known of two numbers about to be joined: the double and the one that stays."""

    is_one_party: bool
    double_status: Status
    double_is_joined: bool
    others_joined_to_double: bool
    kept_number: int
    kept_status: Status
    kept_is_joined: bool


def check_join(joining: Joining) -> list[Breach]:
    """List what stands against joining two numbers: chains, and a vote that would be lost."""
    if joining.is_one_party:
        return [Breach("same_party", N_("Choose two different numbers."), {}, field="into")]
    if joining.double_is_joined or joining.kept_is_joined or joining.others_joined_to_double:
        sentence = N_("One of these numbers is joined to a third one already. Separate those first.")
        return [Breach("joined_already", sentence, {}, field="into")]
    if joining.double_status is Status.MEMBER and joining.kept_status is not Status.MEMBER:
        sentence = N_(
            "Number %(number)s is no present member, and this one is: the person would lose her vote. "
            "Join them the other way round."
        )
        return [Breach("join_the_other_way", sentence, {"number": str(joining.kept_number)}, field="into")]
    return []
