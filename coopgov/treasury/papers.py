"""Commands that issue the papers about money."""

from datetime import timedelta
from uuid import UUID

from flask_babel import force_locale, gettext

from coopgov.core.act import Act
from coopgov.core.errors import Breach, NotFound, refuse_if
from coopgov.core.i18n import N_
from coopgov.members import queries as members
from coopgov.printing import archive
from coopgov.shares import former
from coopgov.shares.book import member_name
from coopgov.statutes import queries as statutes
from coopgov.treasury import documents, queries, queue, statement
from coopgov.treasury.banking import queries as banking
from coopgov.treasury.rules import Bucket, financial_year


def issue_call_notice(act: Act, *, member_id: UUID, language: str = "fr") -> UUID:
    """Issue the notice of what a member owes today (*appel de versement*), with where to pay it."""
    member, account = members.get_member(act.session, member_id), banking.find_account(act.session)
    lines = statement.lines_of(act.session, member_id)
    standing = documents.standing_at(lines, act.today)
    refuse_if(_check_call(member.name, standing.due, has_account=account is not None))
    if account is None:
        raise NotFound
    moments = queries.moments_of(act.session, [member_id])[member_id].get(Bucket.CALLED_UNPAID, [])
    calls = documents.open_calls(moments, standing.due)
    paper = documents.call_notice(act, member, standing, calls, account, language)
    return _issued(act, "treasury.call_notice_issued", member_id, archive.issue(act, paper))


def issue_refund_statement(act: Act, *, member_id: UUID, language: str = "fr") -> UUID:
    """Issue the statement of a refund (*décompte de remboursement*) as it stands today."""
    member, lines = members.get_member(act.session, member_id), statement.lines_of(act.session, member_id)
    reckoning = documents.reckon(lines)
    if not reckoning.quantity:
        sentence = N_("No share of %(name)s was withdrawn: there is nothing to reckon. Choose somebody else.")
        refuse_if([Breach("nothing_withdrawn", sentence, {"name": member.name})])
    left_on = former.left_days(act.session, [member_id], act.today).get(member_id)
    owed = [one for one in queries.owed_on(act.session, act.today, act.rulebook) if one.member_id == member_id]
    days = (
        left_on, max((one.due_on for one in owed), default=None),
        queue.liable_until(left_on, act.rulebook) if left_on else None,
    )  # fmt: skip
    paper = documents.refund_statement(act, member, reckoning, days, language)
    return _issued(act, "treasury.refund_statement_issued", member_id, archive.issue(act, paper))


def issue_year_statement(act: Act, *, member_id: UUID, year: int, language: str = "fr") -> UUID:
    """Issue the statement of a financial year that is over (*relevé annuel*)."""
    member, lines = members.get_member(act.session, member_id), statement.lines_of(act.session, member_id)
    span = financial_year(year, statutes.statutes_on(act.session, act.today).year_end)
    if span.ends_on >= act.today:
        sentence = N_("The year ends on %(day)s: its statement is issued once it is over. Choose a year before.")
        refuse_if([Breach("year_not_over", sentence, {"day": span.ends_on}, field="year")])
    if not any(line.effective_on <= span.ends_on for line in lines):
        sentence = N_("%(name)s had no share yet on %(day)s. Choose a later year.")
        refuse_if([Breach("nothing_that_year", sentence, {"name": member.name, "day": span.ends_on}, field="year")])
    with force_locale(language):
        told = {line.label: gettext(line.label) for line in lines}
    paper = documents.year_statement(
        act,
        member,
        lines,
        year=year,
        days=(span.begins_on - timedelta(days=1), span.ends_on),
        told=told,
        language=language,
    )
    return _issued(act, "treasury.year_statement_issued", member_id, archive.issue(act, paper))


def _check_call(name: str, due: int, *, has_account: bool) -> list[Breach]:
    breaches = []
    if not has_account:
        sentence = N_("The cooperative's own bank account is not written down. Give its IBAN first.")
        breaches.append(Breach("no_own_account", sentence))
    if due <= 0:
        sentence = N_("%(name)s owes nothing today: there is nothing to ask for.")
        breaches.append(Breach("nothing_called", sentence, {"name": name}))
    return breaches


def _issued(act: Act, kind: str, member_id: UUID, document_id: UUID) -> UUID:
    act.record(kind, member_name(member_id), {"document": document_id})
    return document_id
