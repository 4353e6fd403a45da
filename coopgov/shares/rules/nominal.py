"""What the value of a share may become, and why not."""

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.core.money import Cents, Euros


def check_nominal_kept(before: Cents, after: Cents, *, capital: Cents) -> list[Breach]:
    """List why the nominal value of a share cannot change: shares of the old value are held."""
    if before == after or capital == 0:
        return []
    sentence = N_(
        "Shares of %(before)s are held, for %(capital)s in all, and this share book cannot exchange them yet. "
        "Keep the nominal value."
    )
    values = {"before": Euros(before), "capital": Euros(capital)}
    return [Breach("nominal_of_held_shares", sentence, values, field="share_nominal_cents")]
