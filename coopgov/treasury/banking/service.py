"""Commands of the bank: write the account down, draft, release, execute or drop a payment file."""

import secrets
from collections.abc import Collection, Sequence
from datetime import date
from hashlib import sha256
from uuid import UUID

from sqlalchemy.orm import Session

from coopgov.core.act import Act
from coopgov.core.errors import Breach, NotFound, refuse_if
from coopgov.core.ids import new_id
from coopgov.core.money import Cents
from coopgov.members import queries as members
from coopgov.members.rules import check_iban, tidy_iban
from coopgov.shares.rules import check_day
from coopgov.treasury import book
from coopgov.treasury import queries as money
from coopgov.treasury import service as treasury
from coopgov.treasury.banking import queries, rules
from coopgov.treasury.banking.models import BankAccount, TransferFile, TransferLine
from coopgov.treasury.banking.rules import LONGEST_NAME, FileState, Payee
from coopgov.treasury.banking.sepa import OwnAccount, Transfer, pain_001

REFERENCE = "Remboursement de parts sociales"


def write_account(act: Act, *, holder: str, iban: str, bic: str = "") -> None:
    """Write down the cooperative's own account; the one before stays readable."""
    refuse_if(check_iban(iban))
    row = BankAccount(
        holder=holder.strip(), iban=tidy_iban(iban), bic=tidy_iban(bic), recorded_at=act.now,
        recorded_by=act.actor.pseudonym,
    )  # fmt: skip
    act.keep(row)
    act.record("treasury.account_written", f"bank-account:{row.id}", {"iban": row.iban})


def payees_of(session: Session, member_ids: Sequence[UUID], pay_on: date, today: date) -> list[Payee]:
    """What is known of these people before they are paid: in the order given, unknown ones left out."""
    ids = list(dict.fromkeys(member_ids))
    people, ibans = members.get_members(session, ids), members.ibans_of(session, ids, pay_on)
    owed, open_files = money.releases_of(session, ids, today), queries.open_files_of(session, ids)
    repaid, paid = queries.last_repaid(session, ids), queries.who_paid(session, ids)
    frozen = members.frozen_members(session, ids)
    return [
        Payee(
            one, people[one].name, Cents(sum(release.cents for release in owed.get(one, ()))), ibans.get(one),
            open_files.get(one), repaid.get(one), one in paid, one in frozen,
        )
        for one in ids
        if one in people
    ]  # fmt: skip


def draft_file(act: Act, *, member_ids: Sequence[UUID], pay_on: date) -> UUID:
    """Draft a payment file for all that is owed to these people; one that cannot be paid stops it, by name."""
    book.take_the_pen(act.session)
    account, payees = queries.find_account(act.session), payees_of(act.session, member_ids, pay_on, act.today)
    is_known = len(payees) == len(set(member_ids))
    refuse_if(
        rules.check_file(
            payees, has_account=account is not None, pay_on=pay_on, today=act.today, is_known=is_known
        )
    )  # fmt: skip
    if account is None:
        raise NotFound
    file = _drafted(act, account, payees, pay_on)
    act.session.add(file)
    act.session.flush()  # the lines name their file
    act.session.add_all(_lines(file, payees))
    facts = {"sha256": file.sha256, "total": file.total_cents, "lines": file.lines, "message": file.message_id}
    act.record("treasury.file_drafted", file_name(file.id), facts)
    return file.id


def release_file(act: Act, *, file_id: UUID) -> None:
    """Let a drafted file go to the bank, as the second person."""
    file = _get(act, file_id)
    me = act.actor.pseudonym
    refuse_if(rules.check_release(file.state, is_drafter=file.drafted_by == me))
    refuse_if(rules.check_same(sha256(file.content).hexdigest(), file.sha256))
    file.state, file.released_at, file.released_by = FileState.RELEASED, act.now, me
    act.record("treasury.file_released", file_name(file_id), {"sha256": file.sha256, "total": file.total_cents})


def take_file(act: Act, *, file_id: UUID) -> bytes:
    """The bytes for the bank, once two persons agreed; each time it is taken is written in the journal."""
    file = _get(act, file_id)
    refuse_if(rules.check_state(file.state, FileState.RELEASED))
    refuse_if(rules.check_same(sha256(file.content).hexdigest(), file.sha256))
    act.record("treasury.file_taken", file_name(file_id), {"sha256": file.sha256})
    return file.content


def execute_file(act: Act, *, file_id: UUID, executed_on: date, failed: Collection[int] = ()) -> None:
    """Book what the bank has paid; the lines it could not pay stay owed."""
    book.take_the_pen(act.session)
    file = _get(act, file_id)
    refuse_if(rules.check_state(file.state, FileState.RELEASED) + check_day(executed_on, act.today))
    lines = list(act.session.scalars(queries.select_lines(file_id)))
    paid = [line for line in lines if line.line not in failed]
    refuse_if(_check_drift(act, paid))
    for line in lines:
        line.is_open = False
    act.session.flush()  # what stands in an open file is paid by that file only
    for line in paid:
        line.repaid_seq = treasury.repay(
            act, member_id=line.membership_id, cents=Cents(line.cents), effective_on=executed_on,
            reference=line.end_to_end_id, approved_by=_other_person(act, file),
        )  # fmt: skip
    file.state, file.executed_on = FileState.EXECUTED, executed_on
    file.ended_at, file.ended_by = act.now, act.actor.pseudonym
    act.record("treasury.file_executed", file_name(file_id), {"on": executed_on, "failed": sorted(failed)})


def drop_file(act: Act, *, file_id: UUID, reason: str) -> None:
    """Give a file up before it is executed: everybody in it may stand in another one."""
    file = _get(act, file_id)
    refuse_if(rules.check_state(file.state, *rules.OPEN) + rules.check_drop_reason(reason))
    file.state, file.ended_at, file.ended_by = FileState.DROPPED, act.now, act.actor.pseudonym
    for line in act.session.scalars(queries.select_lines(file_id)):
        line.is_open = False
    act.record("treasury.file_dropped", file_name(file_id), {"reason": reason.strip()})


def file_name(file_id: UUID) -> str:
    """How the journal names a payment file."""
    return f"transfer-file:{file_id}"


def _drafted(act: Act, account: OwnAccount, payees: Sequence[Payee], pay_on: date) -> TransferFile:
    message = rules.message_id(act.today, secrets.token_hex(6))
    transfers = [
        Transfer(rules.end_to_end_id(message, line), payee.name, payee.iban or "", payee.cents, REFERENCE)
        for line, payee in enumerate(payees, start=1)
    ]
    content = pain_001(account, transfers, message_id=message, made_at=act.now, pay_on=pay_on)
    return TransferFile(
        id=new_id(), message_id=message, state=FileState.DRAFTED, pay_on=pay_on, iban=account.iban,
        total_cents=sum(payee.cents for payee in payees), lines=len(payees), content=content,
        sha256=sha256(content).hexdigest(), drafted_at=act.now, drafted_by=act.actor.pseudonym,
    )  # fmt: skip


def _lines(file: TransferFile, payees: Sequence[Payee]) -> list[TransferLine]:
    return [
        TransferLine(
            file_id=file.id, line=line, membership_id=payee.member_id, cents=payee.cents,
            name=payee.name[:LONGEST_NAME], iban=payee.iban or "", is_open=True,
            end_to_end_id=rules.end_to_end_id(file.message_id, line),
        )
        for line, payee in enumerate(payees, start=1)
    ]  # fmt: skip


def _check_drift(act: Act, lines: Sequence[TransferLine]) -> list[Breach]:
    owed = money.releases_of(act.session, [line.membership_id for line in lines], act.today)
    return rules.check_drift(
        (line.name, Cents(line.cents), Cents(sum(one.cents for one in owed.get(line.membership_id, ()))))
        for line in lines
    )


def _other_person(act: Act, file: TransferFile) -> str | None:
    """Who agreed beside the one who books: where the statutes want two persons for a refund, these are they."""
    return next((who for who in (file.released_by, file.drafted_by) if who and who != act.actor.pseudonym), None)


def _get(act: Act, file_id: UUID) -> TransferFile:
    found = act.session.get(TransferFile, file_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found
