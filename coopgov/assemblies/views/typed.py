"""Paper ballots typed in by two tellers: what waits, one paper after the other, where both differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.accounts import queries as accounts
from coopgov.assemblies import queries, service
from coopgov.assemblies.forms import CHOICE_LABELS
from coopgov.assemblies.queries import ItemRow
from coopgov.assemblies.typed_forms import PaperMarks, TypedAnswerForm, TypedForm, WithdrawForm
from coopgov.assemblies.views.shared import bp, people_in_room
from coopgov.ballots import queries as ballots
from coopgov.ballots.bundle import differing, whole_entries
from coopgov.ballots.cast import Ballot
from coopgov.ballots.counting.marks import null_ballot
from coopgov.ballots.queries import ScrutinRow
from coopgov.ballots.rules import Choice
from coopgov.ballots.said import how_lines, said_in
from coopgov.ballots.secret_rules import choice_on
from coopgov.core.errors import NotFound
from coopgov.core.policy import Permission
from coopgov.members.queries import MemberRow
from coopgov.web.acts import begin_act, reading
from coopgov.web.forms import BaseForm, refusals_on
from coopgov.web.guard import current_actor, requires

Response = ResponseReturnValue
PAGE = 50
FIELD = "paper"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The papers of one vote as one teller sees them: hers, and the other's only once both are whole."""

    item: ItemRow
    scrutin: ScrutinRow
    typed: Mapping[UUID, Mapping[int, bytes]]
    voted: int
    me: UUID | None

    @property
    def mine(self) -> Mapping[int, bytes]:
        """What this teller typed."""
        return self.typed.get(self.me, {}) if self.me else {}

    @property
    def next_number(self) -> int | None:
        """The next paper that this teller types."""
        return next((number for number in range(1, self.voted + 1) if number not in self.mine), None)

    @property
    def compared(self) -> list[UUID]:
        """The tellers whose entries are compared: two at least, and whole."""
        whole = whole_entries(self.typed, self.voted)
        return whole if len(whole) > 1 else []

    @property
    def wrong(self) -> list[int]:
        """The papers on which they differ."""
        return differing({by: self.typed[by] for by in self.compared}, range(1, self.voted + 1))

    @property
    def numbers_of_mine(self) -> list[int]:
        """The papers that this teller typed."""
        return sorted(self.mine)

    @property
    def corrects(self) -> bool:
        """Whether a change of hers is a correction."""
        return self.me in self.compared

    def waits_for(self, number: int) -> str:
        """How the paper of a voter stands, in a named vote: not typed, mine, the other's, or they differ."""
        read = {by: papers[number] for by, papers in self.typed.items() if number in papers}
        if len(read) > 1:
            return "differ"
        return "" if not read else ("mine" if self.me in read else "other")

    def said(self, content: bytes) -> str:
        """What a paper says."""
        form = self.scrutin.form
        if form is None:
            choice = choice_on(content)
            return "" if choice is None else str(CHOICE_LABELS[choice])
        return str(_("Null paper")) if content == null_ballot(form.paper) else ", ".join(said_in(form, content))


def _bundle(item_id: UUID) -> Bundle:
    item, session = queries.get_item(reading(), item_id), reading()
    # Answers on the papers of a secret resolution are counted in heaps: `read_papers`.
    if item.scrutin_id is None or (item.is_secret and item.form is None):
        raise NotFound
    scrutin = ballots.get_scrutin(session, item.scrutin_id)
    voted = sum(ballots.papers_by_college(session, scrutin).values()) if item.is_secret else 0
    return Bundle(item, scrutin, ballots.typed_papers(session, scrutin.id), voted, current_actor().account_id)


@bp.get("/items/<uuid:item_id>/typed")
@requires(Permission.BALLOTS_RUN)
def typed(item_id: UUID) -> Response:
    """What is typed and what waits."""
    return _typed_page(_bundle(item_id), WithdrawForm(formdata=None))


def _typed_page(bundle: Bundle, withdraw: WithdrawForm, withdrawn: int | None = None) -> str:
    text, people = request.args.get("q", "").strip(), [] if bundle.item.is_secret else _left(bundle)
    waiting = {row.number for row in people if bundle.waits_for(row.number)}
    found = [row for row in people if text.casefold() in row.name.casefold() or text == str(row.number)]
    return render_template(
        "assemblies/typed.html", bundle=bundle, item=bundle.item, text=text,
        people=sorted(found, key=lambda row: row.number not in waiting)[:PAGE],
        stray=_stray(bundle, people), names=accounts.names_of(reading(), bundle.typed),
        withdraw=withdraw, withdrawn=withdrawn,
    )  # fmt: skip


def _left(bundle: Bundle) -> list[MemberRow]:
    """Those in the room who have no ballot in the urn."""
    people = people_in_room(bundle.item.assembly_id)
    voted = ballots.voted_ids(reading(), [bundle.scrutin.id], [row.id for row in people])
    return [row for row in people if (bundle.scrutin.id, row.id) not in voted]


def _stray(bundle: Bundle, people: list[MemberRow]) -> list[int]:
    """Papers typed for voters who have voted otherwise since, or left: they are withdrawn."""
    if bundle.item.is_secret:
        return []
    return sorted({number for papers in bundle.typed.values() for number in papers} - {row.number for row in people})


@bp.get("/items/<uuid:item_id>/typed/<int:number>")
@requires(Permission.BALLOTS_RUN)
def typed_paper(item_id: UUID, number: int) -> Response:
    """Type one paper; nothing is filled in beforehand, not even what one typed before."""
    bundle = _bundle(item_id)
    return _paper_page(bundle, number, _form_of(bundle), _marks_of(bundle))


def _form_of(bundle: Bundle) -> BaseForm:
    return TypedAnswerForm() if bundle.scrutin.form is None else TypedForm()


def _marks_of(bundle: Bundle) -> PaperMarks | None:
    form, me = bundle.scrutin.form, bundle.me
    return None if form is None or me is None else PaperMarks(FIELD, form.paper, request.form, me)


def _paper_page(bundle: Bundle, number: int, form: BaseForm, marks: PaperMarks | None) -> str:
    who = None if bundle.item.is_secret else next((row for row in _left(bundle) if row.number == number), None)
    return render_template(
        "assemblies/typed_paper.html", bundle=bundle, item=bundle.item, number=number, form=form, marks=marks, who=who,
        how=[] if bundle.scrutin.form is None else how_lines(bundle.scrutin.form)[:1],
        corrects=bundle.corrects if bundle.item.is_secret else bundle.waits_for(number) == "differ",
    )  # fmt: skip


@bp.post("/items/<uuid:item_id>/typed/<int:number>")
@requires(Permission.BALLOTS_RUN)
def type_paper(item_id: UUID, number: int) -> Response:
    """Keep what this teller read on that paper."""
    bundle = _bundle(item_id)
    form, marks = _form_of(bundle), _marks_of(bundle)
    if form.validate() and bundle.me is not None:
        with refusals_on(form), begin_act() as act:
            is_cast = service.type_paper(
                act, item_id=item_id, number=number, by=bundle.me, ballot=_ballot(form, marks),
                reason=form["reason"].data or "",
            )  # fmt: skip
            told = _("Both tellers read the same: the ballot is in the urn.") if is_cast else _("It is kept.")
            flash(told, "success")
            return redirect(_after(bundle, number), 303)
    return _paper_page(bundle, number, form, marks), 422


def _ballot(form: BaseForm, marks: PaperMarks | None) -> Ballot | None:
    if marks is None:
        return Choice(form["choice"].data)
    if form["null"].data:
        return None
    # A paper without any mark is refused by the rules: blank and null are said.
    return marks.told or {"v": 1, "scrutin": str(marks.paper.scrutin)}


def _after(bundle: Bundle, number: int) -> str:
    """The next paper of the bundle, or the page of all."""
    left = [one for one in range(1, bundle.voted + 1) if one not in bundle.mine and one != number]
    if left:
        return url_for(".typed_paper", item_id=bundle.item.id, number=left[0])
    return url_for(".typed", item_id=bundle.item.id)


@bp.post("/items/<uuid:item_id>/typed/<int:number>/withdraw")
@requires(Permission.BALLOTS_RUN)
def withdraw_paper(item_id: UUID, number: int) -> Response:
    """Forget what was typed for a voter whose paper is not to be counted."""
    bundle, form = _bundle(item_id), WithdrawForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.withdraw_paper(act, item_id=item_id, number=number, reason=form.reason.data or "")
            flash(_("What was typed for this voter is forgotten."), "success")
            return redirect(url_for(".typed", item_id=item_id), 303)
    return _typed_page(bundle, form, number), 422
