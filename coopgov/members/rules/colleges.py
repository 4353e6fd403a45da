"""What changes of the colleges ask of the members who are in them."""

from collections.abc import Collection, Mapping

from coopgov.core.errors import Breach, Citation
from coopgov.core.i18n import N_


def check_moves(*, changes: bool) -> list[Breach]:
    """List why a change of place is none: the college and the category are those she has."""
    if changes:
        return []
    sentence = N_("This is the place she has already. Choose another college or another category, or go back.")
    return [Breach("nothing_moves", sentence, field="category")]


def check_colleges_kept(
    before: Mapping[str, str], after: Collection[str], members: Mapping[str, int], articles: tuple[Citation, ...] = ()
) -> list[Breach]:
    """List the colleges (code, label) that would be removed while members still vote in them."""
    sentence = N_(
        "The college “%(college)s” cannot be removed: %(members)s members vote in it. "
        "Move them to another college first."
    )
    return [
        Breach(
            "college_has_members",
            sentence,
            {"college": label, "members": members[code]},
            articles,
            field="colleges",
        )
        for code, label in before.items()
        if code not in after and members.get(code, 0)
    ]
