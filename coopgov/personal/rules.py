"""Where everybody's data stands, table by table, and how long each kind is kept: pure, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from coopgov.core.dates import add_years
from coopgov.core.errors import Breach, Citation
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.members.rules import Status


class Key(StrEnum):
    """By what a row belongs to somebody."""

    MEMBER = "member"
    """Her memberships."""
    PARTY = "party"
    ACCOUNT = "account"
    NAMED = "named"
    """The text by which the journal, the mails and the papers name her: `member:id`, `account:id`."""
    PSEUDONYM = "pseudonym"
    """The identifier of her account, where it is kept as text."""


@dataclass(frozen=True, slots=True)
class Hers:
    """A table that is handed over: her rows, by these columns.

    `hidden` columns tell of others, or are secrets that open something; `beside` names the column that says whose
    another one is: it is shown only where it is hers.
    """

    title: str
    by: Mapping[str, Key]
    hidden: Sequence[str] = ()
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Below:
    """A table whose rows follow those of another one that is handed over: `column` names `of` there."""

    title: str
    column: str
    above: str
    of: str
    hidden: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NotHers:
    """A table that names somebody and is not handed over, and why."""

    why: str


_MEMBER = {"membership_id": Key.MEMBER}
_WHO = ("recorded_by",)

# In the order in which somebody reads it. A table that names a person and stands in neither list fails a test.
TABLES: Mapping[str, Hers | Below] = {
    "party": Hers(N_("Identity"), {"id": Key.PARTY}, ("salt",)),
    "party_contact": Hers(N_("Contacts and account for payments"), {"party_id": Key.PARTY}),
    "party_representative": Hers(N_("Representatives"), {"party_id": Key.PARTY}, _WHO),
    "joint_holder": Hers(N_("Joint holders"), {"party_id": Key.PARTY}),
    "party_merge": Hers(
        N_("Numbers joined"), {"party_id": Key.PARTY, "into_party_id": Key.PARTY}, ("merged_by", "undone_by")
    ),
    "membership": Hers(N_("Memberships"), {"party_id": Key.PARTY}),
    "membership_event": Hers(N_("What happened"), _MEMBER, _WHO),
    "email_consent": Hers(N_("Agreements to e-mail"), _MEMBER, _WHO),
    "death_file": Hers(N_("File of a death"), _MEMBER),
    "heir": Hers(N_("Named as an heir"), _MEMBER),
    "account": Hers(N_("Account to sign in"), {"id": Key.ACCOUNT}, ("password_hash",)),
    "account_session": Hers(N_("Sessions"), {"account_id": Key.ACCOUNT}, ("token_hash",)),
    "login_link": Hers(N_("Links sent to sign in"), {"account_id": Key.ACCOUNT}, ("token_hash",)),
    "calendar_address": Hers(N_("Calendar address"), {"account_id": Key.ACCOUNT}, ("token_hash",)),
    "role_mandate": Hers(N_("Mandates"), {"account_id": Key.ACCOUNT}),
    "role_mandate_end": Below(N_("Ends of mandates"), "mandate_id", "role_mandate", "id"),
    "teller_key": Hers(N_("Keys of a teller"), {"account_id": Key.ACCOUNT}),
    "share_leg": Hers(N_("Movements of shares"), _MEMBER),
    "share_tx": Below(N_("Acts of the share book"), "seq", "share_leg", "tx_seq", ("recorded_by", "approved_by")),
    "share_request": Hers(
        N_("Requests about shares"), {"membership_id": Key.MEMBER, "to_membership_id": Key.MEMBER},
        ("drafted_by", "approved_by", "note"),
        {"membership_id": "membership_id", "to_membership_id": "to_membership_id"},
    ),
    "share_certificate": Hers(N_("Certificates of shares"), _MEMBER, ("token_hash",)),
    "capital_leg": Hers(N_("Movements of money"), _MEMBER),
    "capital_tx": Below(N_("Acts of the money book"), "seq", "capital_leg", "tx_seq", ("recorded_by", "approved_by")),
    "capital_request": Hers(
        N_("Movements of money prepared"), _MEMBER, ("drafted_by", "answered_by", "reference", "acknowledged", "reason")
    ),
    "transfer_line": Hers(N_("Payments by bank file"), _MEMBER, ("file_id",)),
    "interest_line": Hers(N_("Interest on shares"), _MEMBER),
    "roll_entry": Hers(N_("On the roll of voters"), {"voter_id": Key.MEMBER}),
    "roll_strike": Hers(N_("Lines struck off the roll of voters"), {"voter_id": Key.MEMBER}, ("by",)),
    "roll_dispute": Hers(N_("Disputes of the roll of voters"), {"member_id": Key.MEMBER}),
    "roll_answer": Below(N_("Answers to disputes of the roll"), "dispute_id", "roll_dispute", "id", ("by",)),
    "convocation": Hers(N_("Notices of meetings"), {"member_id": Key.MEMBER}),
    "proxy": Hers(
        N_("Proxies"), {"grantor_id": Key.MEMBER, "holder_id": Key.MEMBER}, (),
        {"grantor_name": "grantor_id", "grantor_id": "grantor_id",
         "holder_name": "holder_id", "holder_id": "holder_id"},
    ),
    "attendance_event": Hers(N_("Attendance"), {"member_id": Key.MEMBER}, ("by",)),
    "remote_presence": Hers(N_("Remote attendance"), {"member_id": Key.MEMBER}),
    "ballot_named": Hers(N_("Votes that bear a name"), {"voter_id": Key.MEMBER}, ("cast_by",)),
    "ballot_marked": Hers(N_("Votes that bear a name"), {"voter_id": Key.MEMBER}, ("cast_by", "content")),
    "participation": Hers(N_("Participation in secret ballots"), {"voter_id": Key.MEMBER}, ("cast_by",)),
    "assembly_officer": Hers(N_("Bureau of assemblies"), {"account_id": Key.ACCOUNT}),
    "minutes_approval": Hers(N_("Minutes approved"), {"account_id": Key.ACCOUNT}),
    "proposal": Hers(N_("Proposals"), {"author_id": Key.MEMBER}),
    "proposal_version": Below(N_("Texts of proposals"), "proposal_id", "proposal", "id"),
    "proposal_backing": Hers(N_("Proposals backed"), {"member_id": Key.MEMBER}),
    "proposal_comment": Hers(N_("Comments"), {"author_id": Key.MEMBER}),
    "judgement": Hers(N_("Points judged by a person"), {"about": Key.NAMED}, ("by",)),
    "outbox_message": Hers(N_("Mails"), {"recipient": Key.NAMED}),
    "outbox_delivery": Below(N_("Deliveries of mails"), "message_id", "outbox_message", "id"),
    # The paper itself is hers to open; its facts may name whom she deals with.
    "issued_document": Hers(N_("Papers"), {"owner": Key.NAMED, "about": Key.NAMED}, ("facts",)),
    "journal_line": Hers(N_("Lines of the journal"), {"about": Key.NAMED}, ("line",)),
    "journal_payload": Below(N_("Details of the journal"), "salt_id", "journal_line", "salt_id", ("salt",)),
}  # fmt: skip

_CLERK = N_("It says which officer wrote the line: the journal tells that person's acts.")
LEFT_OUT: Mapping[str, NotHers] = {
    "member_word": NotHers(N_("The words of the search: all of them stand in the identity and the contacts.")),
    "import_batch": NotHers(N_("The file sent for an import is gone once it is imported.")),
    "envelope": NotHers(N_("A sealed ballot: handing it over would prove to others how somebody voted.")),
    "demo_character": NotHers(N_("Characters of the demonstration.")),
    "assembly_incident": NotHers(_CLERK),
    "bank_account": NotHers(_CLERK),
    "capital_run": NotHers(_CLERK),
    "capital_run_reversal": NotHers(_CLERK),
    "minutes_prose": NotHers(_CLERK),
    "paper_count": NotHers(_CLERK),
    "paper_typed": NotHers(_CLERK),
    "past_batch": NotHers(N_("The file of a past that is taken over: what it says of her stands in the tables above.")),
    "past_seal": NotHers(_CLERK),
    "period_close": NotHers(_CLERK),
    "reminder_plan": NotHers(_CLERK),
    "roll_opening": NotHers(_CLERK),
    "scrutin_annulment": NotHers(_CLERK),
    "scrutin_resumption": NotHers(_CLERK),
    "scrutin_step": NotHers(_CLERK),
    "scrutin_suspension": NotHers(_CLERK),
    "statutes": NotHers(_CLERK),
    "statutes_draft": NotHers(_CLERK),
    "told_fact": NotHers(_CLERK),
    "voter_code": NotHers(N_("Of a code to vote only a hash is kept: there is nothing in it to hand over.")),
    "transfer_file": NotHers(_CLERK),
}


# What is kept, and how long


class Fate(StrEnum):
    """What erasing does to a kind of data."""

    GOES = "goes"
    WAITS = "waits"
    STAYS = "stays"


@dataclass(frozen=True, slots=True)
class Situation:
    """What the retention of somebody's data depends on."""

    status: Status
    left_on: date | None
    last_movement_on: date | None
    holds_or_is_owed: bool
    is_frozen: bool = False
    has_office: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data: what becomes of it, until when, and the article."""

    code: str
    label: str
    fate: Fate
    why: str
    until: date | None = None
    citations: tuple[Citation, ...] = ()


# What goes as soon as nothing is due any more; the domicile belongs to the register until its time has come.
AT_ONCE = frozenset({"reach", "iban", "words"})
ERASABLE = (*sorted(AT_ONCE), "domicile")


def settled_on(situation: Situation) -> date | None:
    """The day from which a file is counted: the exit or the last movement, the later one; None while it is open."""
    is_out = situation.status in {Status.FORMER, Status.REFUSED}
    if not is_out or situation.holds_or_is_owed or situation.is_frozen:
        return None
    return max(filter(None, (situation.left_on, situation.last_movement_on)), default=None)


def due_on(situation: Situation, law: Figures, on: date) -> date | None:
    """The day on which a file is to be erased without being asked; None while it is open."""
    settled = settled_on(situation)
    years = law.figure("retention.member_file_years", on=on)
    return None if settled is None else add_years(settled, years.as_int())


def plan(situation: Situation, law: Figures, on: date) -> list[Kept]:
    """What would be erased today, what waits and until when, what stays and why."""
    return [*_erasable(situation, law, on), *_staying(situation, law, on)]


def _erasable(situation: Situation, law: Figures, on: date) -> list[Kept]:
    figure = law.figure("retention.member_file_years", on=on)
    due, is_settled = due_on(situation, law, on), settled_on(situation) is not None
    open_file = N_("Needed while the person is a member, holds shares or is to be paid.")
    asked = N_("No longer needed: erased when the person asks, at the latest on that day.")
    labels = {
        "reach": N_("E-mail address, telephone, craft, and the account to sign in"),
        "iban": N_("Account number for payments"),
        "words": N_("Remarks on movements and on requests, and the details of the journal"),
    }
    fate, why = (Fate.GOES, asked) if is_settled else (Fate.WAITS, open_file)
    found = [
        Kept(code, label, fate, why, due, figure.citations)
        for code, label in labels.items()
    ]  # fmt: skip
    is_due = due is not None and due <= on
    domicile = N_("The register of members holds the domicile for as long as somebody may act on it.")
    found.append(
        Kept("domicile", N_("Postal address"), Fate.GOES if is_due else Fate.WAITS, domicile, due, figure.citations)
    )
    return found


def _staying(situation: Situation, law: Figures, on: date) -> list[Kept]:
    registers = law.figure("retention.registers_years", on=on).citations
    papers = law.figure("retention.assembly_papers_years", on=on)
    accounts = law.figure("retention.accounts_years", on=on)
    right = law.find_figure("retention.proof_of_rights", on=on)
    proof = right.citations if right is not None else ()
    last = situation.last_movement_on
    until = None if last is None else add_years(last, accounts.as_int())
    office = N_("The register of mandates names those who held an office.")
    kept = [
        Kept("identity", N_("Name, birth, number and dates of membership"), Fate.STAYS,
             N_("The register of members is a legal register: its lines are never erased."), None, registers),
        Kept("books", N_("Movements of shares and money, bank files"), Fate.STAYS,
             N_("They prove the capital, and are vouchers of the accounts."), until, accounts.citations),
        Kept("votes", N_("Rolls, attendance, proxies, votes that bear a name"), Fate.STAYS,
             N_("They prove that assemblies were regular."), None, papers.citations),
        Kept("reasons", N_("Why she was admitted or refused, why she left, as it was written"), Fate.STAYS,
             N_("An event of the register is written once; its reason is what the decision can be contested by."),
             None, (*registers, *proof)),
        Kept("mails", N_("Mails sent: their text, the address, what became of them"), Fate.STAYS,
             N_("Written once: they prove who was convened, called for payment or answered, when and where."),
             None, (*papers.citations, *proof)),
        Kept("papers", N_("Minutes and papers issued"), Fate.STAYS,
             N_("A paper once issued is never changed."), None, registers),
        Kept("chain", N_("Lines of the journal, without their details"), Fate.STAYS,
             N_("They hold no name: a sealed mark, by which the journal is verified."), None, registers),
    ]  # fmt: skip
    if situation.has_office:
        kept.append(Kept("office", N_("Name of a former officer"), Fate.STAYS, office, None, registers))
    return kept


def check_erasable(kept: Sequence[Kept]) -> list[Breach]:
    """List why nothing can be erased of somebody's file yet."""
    if any(one.fate is Fate.GOES for one in kept):
        return []
    sentence = N_(
        "Nothing can be erased of this file yet: the person is a member, holds shares, is to be paid, or her heirs are "
        "waited for. Settle that first."
    )
    citations = tuple(dict.fromkeys(c for one in kept if one.fate is Fate.WAITS for c in one.citations))
    return [Breach("nothing_to_erase", sentence, {}, citations)]
