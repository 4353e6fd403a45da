"""What the law asks of a mandate in an organ (*mandat*): who may hold it, how long, beside whom."""

from dataclasses import dataclass
from datetime import date

from coopgov.core.dates import add_years
from coopgov.core.errors import Breach
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_, Word
from coopgov.core.policy import Role
from coopgov.core.preflight import Check, checked, green, to_judge
from coopgov.members.rules.kinds import Category

# When pages begin to warn of a mandate that ends: time enough to put an election on an agenda.
AHEAD_MONTHS = 6
# What a reviser examines: whoever keeps it cannot well be the one who examines it.
EXAMINED = {
    Role.BOARD: Word(N_("board")),
    Role.SECRETARY: Word(N_("secretary")),
    Role.TREASURER: Word(N_("treasurer")),
}


@dataclass(frozen=True, slots=True)
class Board:
    """The members of the board on the first day of a mandate, without the person it would be given to."""

    size: int
    external: int


@dataclass(frozen=True, slots=True)
class OfficeDraft:
    """An office about to be given, and what the rules need beside it."""

    name: str
    role: Role
    from_day: date
    until_day: date | None
    category: Category | None
    """The category of the person's membership that day; None for somebody who is not a member."""
    others: frozenset[Role]
    """The other offices held on some of these days."""
    was_on_the_board: bool
    board: Board
    members: int


def preflight(draft: OfficeDraft, figures: Figures) -> list[Check]:
    """Everything that is right, wrong or for a person to judge before an office is given (*contrôle préalable*)."""
    organ = _organ_checks(draft, figures) if draft.role is Role.BOARD else []
    return [*organ, *_independence_check(draft)]


def _organ_checks(draft: OfficeDraft, figures: Figures) -> list[Check]:
    return [
        _member_check(draft),
        *checked(check_term(draft, figures), _term_check(draft, figures)),
        *checked(check_re_eligible(draft, figures), _re_eligible_check(draft)),
        *checked(check_external_mandates(draft, figures), _external_check(draft, figures)),
        *_size_checks(draft, figures),
        *_supervision_check(draft, figures),
    ]


def latest_end(draft: OfficeDraft, figures: Figures) -> date | None:
    """The last day a mandate begun that day may run to; None where nothing limits it."""
    figure = figures.find_figure("organs.max_years", on=draft.from_day)
    return None if figure is None else add_years(draft.from_day, figure.as_int())


def end_of_term(role: Role, from_day: date, last_day: date | None, figures: Figures, on: date) -> date | None:
    """When a mandate ends: by its own term, and for a director no later than the law lets it last."""
    longest = figures.find_figure("organs.max_years", on=on)
    if role is not Role.BOARD or longest is None:
        return last_day
    by_law = add_years(from_day, longest.as_int())
    return by_law if last_day is None else min(last_day, by_law)


def check_term(draft: OfficeDraft, figures: Figures) -> list[Breach]:
    """List what stands against the length of a mandate: too long, or without an end."""
    figure, latest = figures.find_figure("organs.max_years", on=draft.from_day), latest_end(draft, figures)
    if figure is None or latest is None or (draft.until_day is not None and draft.until_day <= latest):
        return []
    values = {"years": figure.as_int(), "latest": latest}
    if draft.until_day is None:
        sentence = N_(
            "A mandate in this organ ends after %(years)s years at most. Give its last day: %(latest)s or earlier."
        )
        return [Breach("mandate_without_end", sentence, values, figure.citations, field="until_day")]
    sentence = N_("A mandate in this organ lasts %(years)s years at most. Choose a last day until %(latest)s.")
    return [Breach("mandate_too_long", sentence, values, figure.citations, field="until_day")]


def check_re_eligible(draft: OfficeDraft, figures: Figures) -> list[Breach]:
    """List what stands against electing somebody again, where the statutes forbid it."""
    figure = figures.find_figure("organs.re_eligible", on=draft.from_day)
    if figure is None or figure.as_bool() or not draft.was_on_the_board:
        return []
    sentence = N_("%(name)s has held this mandate before, and the statutes allow no second one. Choose somebody else.")
    return [Breach("not_re_eligible", sentence, {"name": draft.name}, figure.citations, field="role")]


def check_external_mandates(draft: OfficeDraft, figures: Figures) -> list[Breach]:
    """List what stands against one more external member in the organ: they hold a part of the mandates only."""
    figure = figures.find_figure("membership.external_mandates_max", on=draft.from_day)
    external, size = _external_after(draft), draft.board.size + 1
    if figure is None or draft.category is not Category.EXTERNAL or external <= figure.as_fraction() * size:
        return []
    sentence = N_(
        "Members who are not employed would hold %(external)s mandates out of %(size)s, and they may hold at most "
        "%(most)s of them. Give mandates to employed members first."
    )
    values = {"external": external, "size": size, "most": figure.as_fraction()}
    return [Breach("too_many_external_mandates", sentence, values, figure.citations, field="role")]


def check_board_size(draft: OfficeDraft, figures: Figures) -> list[Breach]:
    """List what stands against one more director than the law takes."""
    figure, size = figures.find_figure("organs.board.max", on=draft.from_day), draft.board.size + 1
    if figure is None or size <= figure.as_int():
        return []
    sentence = N_("The board would have %(size)s directors and may have %(most)s. End another mandate first.")
    values = {"size": size, "most": figure.as_int()}
    return [Breach("board_too_large", sentence, values, figure.citations, field="role")]


def _external_after(draft: OfficeDraft) -> int:
    return draft.board.external + int(draft.category is Category.EXTERNAL)


def _member_check(draft: OfficeDraft) -> Check:
    if draft.category is not None:
        return green("member", N_("%(name)s is a member of the cooperative that day."), {"name": draft.name})
    sentence = N_(
        "%(name)s is not a member that day. The statutes say whether the organ is open to others: read them, and write "
        "the clause."
    )
    return to_judge("member", sentence, {"name": draft.name})


def _term_check(draft: OfficeDraft, figures: Figures) -> Check:
    figure, latest = figures.find_figure("organs.max_years", on=draft.from_day), latest_end(draft, figures)
    if figure is None or latest is None:
        return green("term", N_("Nothing limits how long this mandate lasts."))
    sentence = N_("The mandate lasts %(years)s years at most: it may run until %(latest)s.")
    return green("term", sentence, {"years": figure.as_int(), "latest": latest}, figure.citations)


def _re_eligible_check(draft: OfficeDraft) -> Check:
    again = N_("%(name)s has held this mandate before and may hold it again.")
    first = N_("It is the first mandate of %(name)s there.")
    return green("re_eligible", again if draft.was_on_the_board else first, {"name": draft.name})


def _external_check(draft: OfficeDraft, figures: Figures) -> Check:
    figure = figures.find_figure("membership.external_mandates_max", on=draft.from_day)
    if figure is None:
        return green("external", N_("Nothing limits the mandates of members who are not employed."))
    sentence = N_("Mandates of members who are not employed: %(external)s out of %(size)s; at most %(most)s of them.")
    values = {"external": _external_after(draft), "size": draft.board.size + 1, "most": figure.as_fraction()}
    return green("external", sentence, values, figure.citations)


def _size_checks(draft: OfficeDraft, figures: Figures) -> list[Check]:
    least = figures.find_figure("organs.board.min", on=draft.from_day)
    most = figures.find_figure("organs.board.max", on=draft.from_day)
    if least is None or most is None:
        return []
    sentence = N_("The board would have %(size)s directors; it has between %(least)s and %(most)s.")
    values = {"size": draft.board.size + 1, "least": least.as_int(), "most": most.as_int()}
    return checked(check_board_size(draft, figures), green("size", sentence, values, most.citations))


def _supervision_check(draft: OfficeDraft, figures: Figures) -> list[Check]:
    """Beyond so many members a supervisory board is required, and nobody is of both organs (loi 78-763, art. 16)."""
    above = figures.find_figure("organs.supervisory_board.required_above", on=draft.from_day)
    if above is None or draft.members <= above.as_int():
        return []
    sentence = N_(
        "Beyond %(above)s members a supervisory board is required, and nobody can manage and supervise at once. Make "
        "sure that %(name)s is not of the other organ, and write which one this mandate is in."
    )
    return [to_judge("supervision", sentence, {"above": above.as_int(), "name": draft.name}, above.citations)]


def _independence_check(draft: OfficeDraft) -> list[Check]:
    held = draft.others | {draft.role}
    examined = [label for role, label in EXAMINED.items() if role in held]
    if Role.AUDITOR not in held or not examined:
        return []
    sentence = N_(
        "%(name)s would review the cooperative and hold this office at once: %(offices)s. A reviser is independent of "
        "what she examines: write why this is so, or give the office to somebody else."
    )
    return [to_judge("independence", sentence, {"name": draft.name, "offices": tuple(examined)})]
