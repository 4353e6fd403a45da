"""Codes of the voting site: one for each voter, by mail or on paper, each of use once."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, insert, update

from coopgov.accounts import service as accounts
from coopgov.accounts.rules import How
from coopgov.assemblies import queries
from coopgov.assemblies.mailing import texts_for
from coopgov.assemblies.models import VoterCode
from coopgov.assemblies.queries import AssemblyRow
from coopgov.assemblies.queries.codes import (
    assemblies_with_codes_over,
    codes_made,
    unused_codes,
    voters_with_code,
)
from coopgov.assemblies.rules import NoticeChannel, channel_for
from coopgov.assemblies.rules.codes import check_codes_wanted, code_wrong, hash_of_code, is_code
from coopgov.assemblies.service.convening import consent_day
from coopgov.ballots import queries as rolls
from coopgov.core.act import Act
from coopgov.core.errors import Breach, RuleBroken, refuse_if
from coopgov.core.i18n import N_
from coopgov.core.ids import new_id
from coopgov.core.outbox import OutboxMessage
from coopgov.core.words import mark_of, read_word, word_of
from coopgov.members import queries as members
from coopgov.members.queries import RecipientRow

SALT_BYTES = 16
NOBODY = (bytes(SALT_BYTES), "0" * 64)


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """A code to be handed over on paper: shown once."""

    number: int
    name: str
    code: str


def make_codes(act: Act, *, assembly_id: UUID, secret: str, address: str) -> list[PrintedCode]:
    """Make a code for each voter who has none; mails leave with theirs, the others are given back to be printed.

    `secret` is that of the installation, `address` that of the voting site; both are told by who knows the settings.
    """
    assembly = queries.get_assembly(act.session, assembly_id)
    refuse_if(check_codes_wanted(assembly.state, has_site=bool(address)))
    people = _without_code(act, assembly)
    salts = _keep(act, assembly_id, [row.member_id for row in people], secret)
    without = _without_consent(act, assembly)
    by_mail = [row for row in people if _is_mailed(row, without)]
    _mail(act, assembly, by_mail, salts, address)
    mailed = {row.member_id for row in by_mail}
    told = {"by_mail": len(by_mail), "on_paper": len(people) - len(by_mail)}
    act.record("assembly.codes_made", assembly.about, told)
    return [
        PrintedCode(row.number, row.name, word_of(secret, salts[row.member_id]))
        for row in people
        if row.member_id not in mailed
    ]


def _without_code(act: Act, assembly: AssemblyRow) -> list[RecipientRow]:
    """Those on the roll who have no code yet, but for who has no account: she votes in the room, or by proxy."""
    assert assembly.roll_id is not None  # noqa: S101 - it is convened
    enrolled = {voter.id for voter in rolls.roll_voters(act.session, assembly.roll_id)}
    left = enrolled - voters_with_code(act.session, assembly.id)
    found = members.recipients(act.session, act.today, consent_before=consent_day(act, assembly.held_on))
    return [row for row in found if row.member_id in left and row.account_id is not None]


def _without_consent(act: Act, assembly: AssemblyRow) -> NoticeChannel:
    return NoticeChannel(act.rulebook.figure("assembly.channel.without_consent", on=assembly.held_on).as_text())


def _is_mailed(row: RecipientRow, without: NoticeChannel) -> bool:
    return channel_for(consented=row.consented, email=row.email, without_consent=without) is NoticeChannel.EMAIL


def _keep(act: Act, assembly_id: UUID, member_ids: Iterable[UUID], secret: str) -> dict[UUID, bytes]:
    salts = {member_id: secrets.token_bytes(SALT_BYTES) for member_id in member_ids}
    rows = [
        {
            "assembly_id": assembly_id, "member_id": member_id, "salt": salt, "made_at": act.now, "used_at": None,
            "hash": hash_of_code(salt, read_word(word_of(secret, salt))),
        }
        for member_id, salt in salts.items()
    ]  # fmt: skip
    if rows:
        act.session.execute(insert(VoterCode), rows)
    return salts


def _mail(
    act: Act, assembly: AssemblyRow, people: Sequence[RecipientRow], salts: Mapping[UUID, bytes], address: str
) -> None:
    """One text in each language; each mail has its own name, number and mark in it."""
    marks = {"name": "[[name]]", "number": "[[number]]", "code": "[[code]]"}
    texts = texts_for(act.session, "assembly_code", people, **marks, assembly=assembly, address=address)
    mails = [
        {
            "id": new_id(), "kind": "assembly.code", "about": assembly.about, "to_address": row.email,
            "to_name": row.name, "recipient": f"member:{row.member_id}", "subject": text.subject[:300],
            "body": _filled(text.body, row, mark_of(salts[row.member_id])), "created_at": act.now,
        }
        for row, text in zip(people, texts, strict=True)
    ]  # fmt: skip
    if mails:
        act.session.execute(insert(OutboxMessage), mails)


def _filled(body: str, row: RecipientRow, mark: str) -> str:
    # The name comes last: whatever somebody is called, it stands for nothing else.
    return body.replace("[[code]]", mark).replace("[[number]]", str(row.number)).replace("[[name]]", row.name)


def make_code_again(act: Act, *, assembly_id: UUID, number: int, secret: str, address: str) -> PrintedCode:
    """Make another code for one voter, to be handed over; the one before opens nothing any more."""
    assembly = queries.get_assembly(act.session, assembly_id)
    refuse_if(check_codes_wanted(assembly.state, has_site=bool(address)))
    member = members.find_by_number(act.session, number)
    if member is None or assembly.roll_id is None or not rolls.on_roll(act.session, assembly.roll_id, member.id):
        sentence = N_("No voter of this assembly has the number %(number)s.")
        raise RuleBroken([Breach("number_unknown", sentence, {"number": number}, field="number")])
    mine = (VoterCode.assembly_id == assembly_id) & (VoterCode.member_id == member.id)
    act.session.execute(delete(VoterCode).where(mine))
    salt = _keep(act, assembly_id, [member.id], secret)[member.id]
    act.record("assembly.code_made_again", assembly.about, {"member": member.id})
    return PrintedCode(number, member.name, word_of(secret, salt))


def forget_codes(act: Act) -> int:
    """Delete the codes of assemblies that are over: they open nothing, and tell when each voter came in.

    The journal keeps how many there were. Gives how many assemblies it was.
    """
    over = assemblies_with_codes_over(act.session)
    for assembly_id in over:
        told = codes_made(act.session, assembly_id)
        act.session.execute(delete(VoterCode).where(VoterCode.assembly_id == assembly_id))
        act.record("assembly.codes_forgotten", f"assembly:{assembly_id}", {"made": told.made, "used": told.used})
    return len(over)


def count_code_try(act: Act, *, number: int, origin: str) -> None:
    """Count one more try with a number, before its code is looked at; raises RuleBroken when there were too many."""
    accounts.count_code_try(act, who=f"number {number}", origin=origin)


def use_code(act: Act, *, number: int, typed: str, device: str = "") -> tuple[str, UUID]:
    """Open a session on the voting site with a code, of use once; gives its token and the assembly."""
    member = members.find_by_number(act.session, number)
    code = read_word(typed)
    kept = list(unused_codes(act.session, member.id if member else None))
    right = [assembly_id for assembly_id, salt, hashed in kept if is_code(hashed, salt, code)]
    if not kept:
        is_code(NOBODY[1], NOBODY[0], code)  # the same work, whether the number is a voter's or not
    if member is None or member.account_id is None or not right:
        raise RuleBroken([code_wrong()])
    _spend(act, right[0], member.id)
    return accounts.open_session(act, account_id=member.account_id, how=How.CODE, device=device), right[0]


def _spend(act: Act, assembly_id: UUID, member_id: UUID) -> None:
    spent: Sequence[UUID] = act.session.scalars(
        update(VoterCode)
        .where(VoterCode.assembly_id == assembly_id, VoterCode.member_id == member_id, VoterCode.used_at.is_(None))
        .values(used_at=act.now)
        .returning(VoterCode.member_id)
        .execution_options(synchronize_session=False)
    ).all()
    if not spent:
        raise RuleBroken([code_wrong()])
