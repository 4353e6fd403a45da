"""Tables of the members: the person, who stands for her, her membership, what makes it, and how to reach her."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from coopgov.core.db import Instant, Model, append_only, words
from coopgov.core.ids import new_id
from coopgov.members.rules import (
    Category,
    ContactKind,
    DecidedBy,
    EventKind,
    HeirWish,
    PartyKind,
    ReasonCode,
    Status,
)

# Columns that came later: while one is empty, the marks of older rows hold.
SINCE = {"since": "0005"}


def folded(length: int) -> String:
    """Folded text: compared byte by byte on both engines, so that prefix search and paging use the index."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Party(Model):
    """A person or an organisation (*personne*), a member or not yet."""

    __tablename__ = "party"
    __table_args__ = (CheckConstraint("kind = 'organisation' OR siren = ''", name="siren_of_organisation"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[PartyKind] = mapped_column(words(PartyKind))
    legal_name: Mapped[str] = mapped_column(String(120))
    given_names: Mapped[str] = mapped_column(String(120), default="")
    birth_date: Mapped[date | None]
    birth_place: Mapped[str] = mapped_column(String(120), default="")
    siren: Mapped[str] = mapped_column(String(9), default="")
    representative: Mapped[str] = mapped_column(String(200), default="")
    is_cooperative: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)
    # With it the journal commits to who this is: without it, what the journal keeps means nothing.
    salt: Mapped[bytes | None] = mapped_column(LargeBinary, info=SINCE)


class PartyContact(Model):
    """One way to reach a party, with the days it is good for; may be erased."""

    __tablename__ = "party_contact"
    __table_args__ = (Index("ix_party_contact_party_id", "party_id", "kind", "valid_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[ContactKind] = mapped_column(words(ContactKind))
    value: Mapped[str] = mapped_column(String(500))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    # Where an account number comes from, and why it took another's place.
    proof: Mapped[str | None] = mapped_column(String(300), info=SINCE)
    reason: Mapped[str | None] = mapped_column(String(300), info=SINCE)


class PartyRepresentative(Model):
    """Who speaks for an organisation or for joint holders (*représentant*, *mandataire commun*), one at a time."""

    __tablename__ = "party_representative"
    __table_args__ = (
        CheckConstraint("until_day IS NULL OR until_day >= from_day", name="days_in_order"),
        Index("ix_party_representative_party_id", "party_id", "from_day"),
        # The database too lets only one be without an end.
        Index(
            "uq_party_representative_in_force", "party_id", unique=True,
            sqlite_where=text("until_day IS NULL"), postgresql_where=text("until_day IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    name: Mapped[str] = mapped_column(String(200))
    office: Mapped[str] = mapped_column(String(120), default="")
    from_day: Mapped[date]
    until_day: Mapped[date | None]
    proof: Mapped[str] = mapped_column(String(300), default="")
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))


class JointHolder(Model):
    """One of several who hold shares together (*indivisaire*)."""

    __tablename__ = "joint_holder"
    __table_args__ = (Index("ix_joint_holder_party_id", "party_id", "from_day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    name: Mapped[str] = mapped_column(String(200))
    from_day: Mapped[date]
    until_day: Mapped[date | None]


class PartyMerge(Model):
    """A party that was written down twice, and which one stays (*doublon*); undone, it is as if it never was."""

    __tablename__ = "party_merge"
    __table_args__ = (
        CheckConstraint("party_id <> into_party_id", name="two_parties"),
        Index("ix_party_merge_into_party_id", "into_party_id"),
        Index(
            "uq_party_merge_in_force", "party_id", unique=True,
            sqlite_where=text("undone_at IS NULL"), postgresql_where=text("undone_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    into_party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    # The event by which the second number votes no more; none where it did not vote.
    event_id: Mapped[int | None] = mapped_column(ForeignKey("membership_event.id"))
    reason: Mapped[str] = mapped_column(String(300))
    merged_at: Mapped[datetime] = mapped_column(Instant)
    merged_by: Mapped[str] = mapped_column(String(80))
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by: Mapped[str] = mapped_column(String(80), default="")
    undone_for: Mapped[str] = mapped_column(String(300), default="")


class DeathFile(Model):
    """What follows a member's death (*dossier de succession*): her shares wait until it is closed."""

    __tablename__ = "death_file"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    died_on: Mapped[date]
    notary: Mapped[str] = mapped_column(String(300), default="")
    proof: Mapped[str] = mapped_column(String(300), default="")
    opened_at: Mapped[datetime] = mapped_column(Instant)
    closed_on: Mapped[date | None]
    closed_for: Mapped[str] = mapped_column(String(300), default="")


class Heir(Model):
    """One of those to whom the shares of a deceased member go (*héritier*), and what is wished."""

    __tablename__ = "heir"
    __table_args__ = (Index("ix_heir_file_id", "file_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("death_file.id"))
    name: Mapped[str] = mapped_column(String(200))
    reach: Mapped[str] = mapped_column(String(300), default="")
    wish: Mapped[HeirWish] = mapped_column(words(HeirWish))
    # The membership that an heir applied for; no matter under which name.
    membership_id: Mapped[UUID | None] = mapped_column(ForeignKey("membership.id"))


class Membership(Model):
    """A party's membership (*qualité d'associé*) under one number.

    Everything from `name` on is a projection of the party, its contacts and the events, rewritten in the same act.
    """

    __tablename__ = "membership"
    __table_args__ = (
        # One index per filter of the list: each ends with the order of the page.
        Index("ix_membership_sort", "sort_name", "number"),
        Index("ix_membership_status", "status", "sort_name", "number"),
        Index("ix_membership_status_category", "status", "category", "sort_name", "number"),
        Index("ix_membership_status_college", "status", "college", "sort_name", "number"),
        Index("ix_membership_email", "email"),
        Index("ix_membership_account_id", "account_id"),
        Index("ix_membership_party_id", "party_id"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("shares_wished >= 0", name="shares_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    number: Mapped[int] = mapped_column(unique=True)
    # No foreign key: accounts belong to another feature.
    account_id: Mapped[UUID | None]
    shares_wished: Mapped[int] = mapped_column(default=0)
    craft: Mapped[str] = mapped_column(String(120), default="")
    has_shop: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(String(250))
    sort_name: Mapped[str] = mapped_column(folded(250))
    town: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(folded(254), default="")
    postal_address: Mapped[str] = mapped_column(String(500), default="")
    status: Mapped[Status] = mapped_column(words(Status))
    category: Mapped[Category] = mapped_column(words(Category))
    college: Mapped[str] = mapped_column(String(40), default="")
    applied_on: Mapped[date | None]
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]


class MembershipEvent(Model):
    """One fact in the life of a membership: what happened, when it counts, and what the member is from then on."""

    __tablename__ = "membership_event"
    __table_args__ = (
        Index("ix_membership_event_membership_id", "membership_id", "effective_on", "id"),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversal_names_its_event"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id"))
    kind: Mapped[EventKind] = mapped_column(words(EventKind))
    effective_on: Mapped[date]
    status: Mapped[Status] = mapped_column(words(Status))
    category: Mapped[Category] = mapped_column(words(Category))
    college: Mapped[str] = mapped_column(String(40), default="")
    decided_by: Mapped[DecidedBy | None] = mapped_column(words(DecidedBy))
    decision: Mapped[str] = mapped_column(String(300), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("membership_event.id"), unique=True)
    reason_code: Mapped[ReasonCode | None] = mapped_column(words(ReasonCode), info=SINCE)
    # No foreign key: the archive of documents belongs to another feature.
    document_id: Mapped[UUID | None] = mapped_column(info=SINCE)


class EmailConsent(Model):
    """A member's agreement to be convened by e-mail, or its withdrawal, with the proof of it."""

    __tablename__ = "email_consent"
    __table_args__ = (Index("ix_email_consent_membership_id", "membership_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id"))
    given: Mapped[bool]
    on_day: Mapped[date]
    proof: Mapped[str] = mapped_column(String(300))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(80))


class MemberWord(Model):
    """A folded word a member is found by: one of her name, of her town, or her number.

    It knows her place in the list and her other words, so that a search reads neither her nor them to find the first.
    """

    __tablename__ = "member_word"
    __table_args__ = ({"sqlite_with_rowid": False},)

    word: Mapped[str] = mapped_column(folded(60), primary_key=True)
    sort_name: Mapped[str] = mapped_column(folded(250), primary_key=True)
    number: Mapped[int] = mapped_column(ForeignKey("membership.number"), primary_key=True, autoincrement=False)
    # All her words, a blank before each: " zoe martin romans 12".
    words: Mapped[str] = mapped_column(Text)


class ImportBatch(Model):
    """A file of members sent by someone, kept until it is imported or thrown away; then only its report stays."""

    __tablename__ = "import_batch"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    uploaded_by: Mapped[UUID | None]
    sealed_at: Mapped[datetime | None] = mapped_column(Instant)
    report: Mapped[str] = mapped_column(Text, default="")


append_only(MembershipEvent.__table__)
# The register never loses anybody, nor the books whose shares and money they tell.
append_only(Membership.__table__, verbs=("DELETE", "UPDATE OF id"))
append_only(EmailConsent.__table__)
