"""What changes of the colleges ask of the members who are in them."""

from collections.abc import Collection, Mapping

from coopgov.core.errors import Breach, Citation
from coopgov.core.i18n import N_


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
