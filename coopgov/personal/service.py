"""Commands on personal data: handing it over, and erasing what is no longer needed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Case, Table, case, delete, func, select, update

from coopgov.accounts import service as accounts
from coopgov.core import journal
from coopgov.core.act import Act
from coopgov.core.db import Base
from coopgov.core.errors import refuse_if
from coopgov.members import service as members
from coopgov.members.rules import ContactKind, check_said
from coopgov.personal import queries
from coopgov.personal.queries import Section, Whose
from coopgov.personal.rules import Fate, check_erasable, plan
from coopgov.shares import book as shares_book
from coopgov.shares.rules import RequestState
from coopgov.treasury import book as money_book

# The kinds of contacts behind each kind of data that goes.
_CONTACTS = {
    "reach": (ContactKind.EMAIL, ContactKind.PHONE),
    "iban": (ContactKind.IBAN,),
    "domicile": (ContactKind.ADDRESS,),
}


# The remarks of people on what was asked; a request that is not ended still needs them.
_REMARKS = {"share_request": ("note",), "capital_request": ("reference", "acknowledged", "reason")}
_ENDED = (RequestState.EXECUTED, RequestState.REFUSED, RequestState.WITHDRAWN)


def hand_over(act: Act, *, member_id: UUID) -> list[Section]:
    """All that is kept of a member, for an office that answers her request: the journal tells that it was taken."""
    found = queries.gather(act.session, queries.whose(act.session, member_id=member_id))
    act.record("personal.handed_over", f"member:{member_id}", {"tables": sum(bool(one.rows) for one in found)})
    return found


def erase(act: Act, *, member_id: UUID, reason: str) -> list[str]:
    """Erase what is no longer needed of somebody, under all her numbers; gives what went.

    Registers, books, minutes and the journal's chain stay as they are, and still verify.
    """
    on, who = act.today, queries.whose(act.session, member_id=member_id)
    situation = queries.situation_of(act.session, member_id, on)
    kept = plan(situation, act.rulebook, on)
    refuse_if([*check_said(reason, field="reason"), *check_erasable(kept)])
    gone = [one.code for one in kept if one.fate is Fate.GOES]
    for one in who.members:
        kinds = [kind for code in gone for kind in _CONTACTS.get(code, ())]
        members.erase_contacts(act, member_id=one, kinds=kinds)
    if "reach" in gone:
        for account_id in who.accounts:
            accounts.erase_account(act, account_id=account_id, keeps_name=situation.has_office)
    erased = _erase_words(act, who) if "words" in gone else ()
    facts = {"gone": gone, "reason": reason, journal.ERASED: list(erased)}
    act.record("personal.erased", f"member:{member_id}", facts)
    return gone


def _erase_words(act: Act, who: Whose) -> Sequence[UUID]:
    things = [*(f"member:{one}" for one in who.members), *(f"account:{one}" for one in who.accounts)]
    things += map(shares_book.line_name, _erase_notes(act, who, "share_note", "share_leg"))
    things += map(money_book.line_name, _erase_notes(act, who, "capital_note", "capital_leg"))
    _erase_remarks(act, who)
    erased = journal.erase(act.session, things)
    act.take_over(erased.marks)
    return erased.salt_ids


def _erase_remarks(act: Act, who: Whose) -> None:
    """Erase what was written beside requests and prepared movements of hers; what is asked, and the answer, stay."""
    for name, columns in _REMARKS.items():
        table = Base.metadata.tables[name]
        hers = update(table).where(table.c.membership_id.in_(who.members), table.c.state.in_(_ENDED))
        act.session.execute(hers.values(dict.fromkeys(columns, "")))


def _erase_notes(act: Act, who: Whose, note: str, leg: str) -> list[int]:
    """Erase the remarks on movements in which nobody else has a part; gives the numbers of these movements."""
    notes, legs = Base.metadata.tables[note], Base.metadata.tables[leg]
    named = select(legs.c.tx_seq).where(legs.c.membership_id.is_not(None)).group_by(legs.c.tx_seq)
    some = select(legs.c.tx_seq).where(legs.c.membership_id.in_(who.members))
    alone = named.where(legs.c.tx_seq.in_(some)).having(func.min(_is_hers(legs, who)) == 1)
    hers = list(act.session.scalars(alone))
    act.session.execute(delete(notes).where(notes.c.tx_seq.in_(hers)))
    return hers


def _is_hers(legs: Table, who: Whose) -> Case[int]:
    return case((legs.c.membership_id.in_(who.members), 1), else_=0)
