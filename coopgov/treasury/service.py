"""The commands of the money book: calls, payments, reversals, and the certificate that tells what is paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coopgov.core.act import Act
from coopgov.core.errors import Breach, refuse_if
from coopgov.core.money import Cents
from coopgov.members import queries as members
from coopgov.printing import archive
from coopgov.shares import queries as share_queries
from coopgov.shares import service as shares
from coopgov.shares.chain import Moment, chunks
from coopgov.shares.events import HoldingOpened, HoldingsOpened, ManySharesSubscribed, SharesReversed, SharesSubscribed
from coopgov.treasury import book, queries, rules
from coopgov.treasury.book import BOOK_NAME, Entry, line_name
from coopgov.treasury.rules import NEVER_NEGATIVE, Bucket, CapitalKind, Due, Payment, Undoing

MOST_REFUSALS = 20


@dataclass(frozen=True, slots=True)
class Receipt:
    """One of many payments received."""

    member_id: UUID
    cents: Cents
    effective_on: date
    reference: str = ""


def on_shares_subscribed(act: Act, event: SharesSubscribed) -> None:
    """Write what a subscription makes the member owe: a part at once, the rest when it is called."""
    book.write(act, [_call(event)])


def on_many_shares_subscribed(act: Act, event: ManySharesSubscribed) -> None:
    """The same for many subscriptions at once."""
    book.write(act, [_call(subscription) for subscription in event.subscriptions])


def on_holdings_opened(act: Act, event: HoldingsOpened) -> None:
    """Take over what was paid on the holdings of an older register."""
    book.write(act, [_opening(holding) for holding in event.holdings])


def on_shares_reversed(act: Act, event: SharesReversed) -> None:
    """Undo what the reversed movement made the member owe; refused while payments rest on it."""
    book.take_the_pen(act.session)
    seq = queries.call_of_shares(act.session, event.reverses_seq)
    if seq is None:
        return
    legs = rules.negated(queries.legs_of(act.session, seq))
    refuse_if(rules.check_timelines(_timelines_after(act, legs, event.effective_on)))
    undoing = Entry(
        CapitalKind.REVERSAL, event.effective_on, legs,
        share_tx_seq=event.seq, note=event.reason, reverses_seq=seq,
    )  # fmt: skip
    book.write(act, [undoing])


def pay(act: Act, *, member_id: UUID, cents: Cents, effective_on: date, reference: str = "") -> int:
    """Record a payment received (*versement*): what is called first, then the rest early; gives its number."""
    book.take_the_pen(act.session)
    member = members.get_member(act.session, member_id)
    due = rules.due_from(queries.moments_of(act.session, [member_id])[member_id], effective_on)
    refuse_if(rules.check_payment(Payment(member.name, cents, effective_on, act.today, due)))
    legs = rules.payment_legs(member_id, cents, due)
    [seq] = book.write(act, [Entry(CapitalKind.PAY, effective_on, legs, note=reference.strip())])
    act.record("treasury.paid", line_name(seq), {"member": member_id, "cents": cents, "last": seq})
    return seq


def pay_many(act: Act, rows: Sequence[Receipt]) -> list[int]:
    """Write many payments at once, at most one per member."""
    book.take_the_pen(act.session)
    dues = _dues(act, rows)
    refuse_if(_check_receipts(act, rows, dues)[:MOST_REFUSALS])
    entries = [
        Entry(
            CapitalKind.PAY, row.effective_on, rules.payment_legs(row.member_id, row.cents, due), note=row.reference
        )
        for row, due in zip(rows, dues, strict=True)
    ]  # fmt: skip
    seqs = book.write(act, entries)
    act.record("treasury.paid_many", BOOK_NAME, {"number": len(seqs), "last": seqs[-1] if seqs else 0})
    return seqs


def call(act: Act, *, member_id: UUID, cents: Cents, effective_on: date, resolution: str = "") -> int:
    """Call a part of what a member has subscribed and does not owe yet (*appel du solde*); gives its number."""
    book.take_the_pen(act.session)
    member = members.get_member(act.session, member_id)
    due = rules.due_from(queries.moments_of(act.session, [member_id])[member_id], effective_on)
    refuse_if(rules.check_call(member.name, cents, effective_on, act.today, due))
    legs = rules.further_call_legs(member_id, cents)
    [seq] = book.write(act, [Entry(CapitalKind.CALL, effective_on, legs, resolution=resolution)])
    act.record("treasury.called", line_name(seq), {"member": member_id, "cents": cents, "last": seq})
    return seq


def reverse_payment(act: Act, *, seq: int, effective_on: date, reason: str) -> int:
    """Undo a payment or a later call by a new transaction that names it, exactly and once; gives its number."""
    book.take_the_pen(act.session)
    original = queries.get_transaction(act.session, seq)
    legs = rules.negated(queries.legs_of(act.session, seq))
    undoing = Undoing(
        seq, original.kind, original.effective_on, effective_on, act.today, reason, original.share_tx_seq,
        original.reversed_by, _timelines_after(act, legs, effective_on),
    )  # fmt: skip
    refuse_if(rules.check_reversal(undoing))
    entry = Entry(CapitalKind.REVERSAL, effective_on, legs, note=reason.strip(), reverses_seq=seq)
    [new] = book.write(act, [entry])
    act.record("treasury.reversed", line_name(new), {"reverses": seq, "reason": reason.strip(), "last": new})
    return new


def issue_certificate(act: Act, *, member_id: UUID, on: date, language: str = "fr") -> UUID:
    """Issue a share certificate (*attestation de parts*) that tells what is paid up and what is due."""
    account = queries.account_of(act.session, member_id=member_id, on=on)
    return shares.issue_certificate(
        act, member_id=member_id, on=on, paid_up=Cents(account.paid_up),
        due=Cents(account.called_unpaid + account.uncalled), language=language,
    )  # fmt: skip


def certify_today(act: Act, *, member_id: UUID, language: str = "fr") -> UUID:
    """The certificate of today: the last one when it still says the truth of today, a new one otherwise."""
    about = f"member:{member_id}"
    known = archive.documents_about(act.session, about, kind="certificate")
    last = next((paper.id for paper in reversed(known) if paper.language == language), None)
    if last is not None and _still_says(act, last, member_id):
        return last
    return issue_certificate(act, member_id=member_id, on=act.today, language=language)


def _still_says(act: Act, document_id: UUID, member_id: UUID) -> bool:
    told = archive.get_facts(act.session, document_id)
    account = queries.account_of(act.session, member_id=member_id, on=act.today)
    held = share_queries.shares_held(act.session, member_id=member_id, on=act.today)
    truth = (act.today.isoformat(), held, account.paid_up)
    return truth == (told["on"], told["shares"]["quantity"], (told["paid"] or {}).get("paid_up_cents"))


def _call(event: SharesSubscribed) -> Entry:
    legs = rules.call_legs(event.member_id, event.total_cents, event.payable_now_cents)
    return Entry(CapitalKind.CALL, event.effective_on, legs, share_tx_seq=event.seq)


def _opening(holding: HoldingOpened) -> Entry:
    legs = rules.opening_legs(holding.member_id, holding.total_cents, holding.paid_cents)
    return Entry(CapitalKind.OPENING, holding.effective_on, legs, share_tx_seq=holding.seq)


def _timelines_after(act: Act, legs: Sequence[rules.Leg], on: date) -> list[list[Moment]]:
    people = sorted({leg.member_id for leg in legs if leg.member_id is not None})
    known = queries.moments_of(act.session, people)
    after = book.head(act.session).seq + 1
    for leg in legs:
        if leg.member_id is not None:
            known[leg.member_id].setdefault(leg.bucket, []).append(Moment(on, after, leg.cents))
    return [_kept(buckets, bucket) for buckets in known.values() for bucket in NEVER_NEGATIVE]


def _kept(buckets: Mapping[Bucket, list[Moment]], bucket: Bucket) -> list[Moment]:
    return buckets.get(bucket, [])


def _dues(act: Act, rows: Sequence[Receipt]) -> list[Due]:
    found: list[Due] = []
    for some in chunks(rows):
        moments = queries.moments_of(act.session, [row.member_id for row in some])
        found += [rules.due_from(moments[row.member_id], row.effective_on) for row in some]
    return found


def _check_receipts(act: Act, rows: Sequence[Receipt], dues: Sequence[Due]) -> list[Breach]:
    breaches: list[Breach] = []
    seen: set[UUID] = set()
    for row, due in zip(rows, dues, strict=True):
        # Names are looked up only for a refusal: most of a hundred thousand payments are right.
        found = rules.check_payment(Payment("", row.cents, row.effective_on, act.today, due))
        if found or row.member_id in seen:
            name = members.get_member(act.session, row.member_id).name
            breaches += rules.check_receipt(
                Payment(name, row.cents, row.effective_on, act.today, due), is_second=row.member_id in seen
            )
        seen.add(row.member_id)
        if len(breaches) > MOST_REFUSALS:
            break
    return breaches
