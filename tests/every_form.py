"""Every form of the site: who sends it, about what, what is typed in it when all is well, and what is wrong for a field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any
from uuid import uuid4

from coopgov.assemblies import queries as assemblies
from coopgov.assemblies.forms import ballot_name
from coopgov.members import queries as members
from coopgov.minutes import queries as minutes
from tests.everything_world import IBAN, Everything

LONG, NUL, EMOJI, HTML = "é" * 5_000, "a\0b", "😀", "<script>alert(1)</script>"
ODD = f"{EMOJI} {HTML} & “guillemets” %s {{{{ 7*7 }}}} n°\u00a04\u202f!"
SOME_ID = str(uuid4())
# Places of an address that are words, not things.
WORDS = {"token", "what", "step", "key", "section", "register", "kind", "way", "sheet", "format", "number"}


@dataclass(frozen=True)
class Field:
    """What a field refuses; whether the page shows again what was typed; an odd but honest text that it takes."""

    bad: tuple[Any, ...]
    is_shown: bool = True
    odd: str = ""


def _no_text(most: int, *, needed: bool = True) -> Field:
    long = LONG if most < len(LONG) else "é" * (most + 1)
    return Field((long, NUL, *([""] if needed else [])), odd=ODD[:most])


def line(most: int = 300, *, needed: bool = True) -> Field:
    """A text on one line."""
    text = _no_text(most, needed=needed)
    return replace(text, bad=(*text.bad, "deux\nlignes"))


def prose(most: int, *, needed: bool = True) -> Field:
    """A text of several lines."""
    return _no_text(most, needed=needed)


EMAIL = Field(("", LONG, NUL, EMOJI, HTML, "1e3", "a@b", "a@b.fr, c@d.fr", "a@b.fr\nBcc: c@d.fr"))
NUMBER = Field(("", "9" * 5_000, NUL, EMOJI, HTML, "1e3", "12,50", "0", "-1", "1" * 10))
AMOUNT = Field(("", "9" * 5_000, NUL, EMOJI, HTML, "1e3", "0", "-1", "12,505", "999999999999"))
FEE = Field(("9" * 5_000, NUL, EMOJI, HTML, "1e3", "-1", "101", "0,001"))
DAY = Field(("", "2026-02-30", "1e3", EMOJI, HTML, NUL, LONG, "0000-01-01", "99999-01-01", "30/01/2027"))
MAYBE_DAY = replace(DAY, bad=DAY.bad[1:])
TIME = Field(("", "25:00", "1e3", EMOJI, NUL, LONG))
CHOICE = Field(("", EMOJI, HTML, NUL, LONG, "1e3"), is_shown=False)
MAYBE_CHOICE = Field((EMOJI, HTML, NUL, LONG, "1e3"), is_shown=False)
FRACTION = Field(("", "9" * 5_000, NUL, EMOJI, HTML, "1e3", "-1", "101 %", "2/0", "60 %"))
MAYBE_NUMBER = Field(("9" * 5_000, NUL, EMOJI, HTML, "1e3", "12,50", "0", "-1", "1" * 10))
SECRET = Field(("", LONG, NUL), is_shown=False)
FILE = Field(((BytesIO, b""), (BytesIO, b"\0\1"), (BytesIO, HTML.encode()), EMOJI), is_shown=False)


def one_of(*others: Callable[[Everything], Any]) -> Field:
    """The identifier of a thing; those of other things are refused like unknown ones."""
    return Field(("", EMOJI, HTML, NUL, "1e3", SOME_ID, *others), is_shown=False)


def thing(name: str) -> Callable[[Everything], str]:
    """The identifier of something that exists, but not for this."""
    return lambda evening: str(evening[name])


@dataclass(frozen=True)
class Case:
    """One form: its address, who sends it, where, what is typed, and what comes of it when all is well."""

    endpoint: str
    who: str
    at: Mapping[str, Any] = field(default_factory=dict)
    typed: Mapping[str, tuple[Any, Field | None]] = field(default_factory=dict)
    ends: int = 303

    def address(self, evening: Everything, **instead: Any) -> str:
        """Where it is sent."""
        rule = next(rule for rule in evening.app.url_map.iter_rules(self.endpoint) if "POST" in rule.methods)
        told = {name: value(evening) if callable(value) else value for name, value in self.at.items()}
        named = {name: value if name in WORDS else evening[value] for name, value in told.items()}
        built = rule.build(named | instead)
        assert built is not None, (self.endpoint, named)
        return str(built[1])

    def data(self, evening: Everything) -> dict[str, Any]:
        """What is sent when all is well."""
        found = {}
        for name, (value, _kind) in self.typed.items():
            found[name(evening) if callable(name) else name] = value(evening) if callable(value) else value
        return found

    def fields(self, evening: Everything) -> dict[str, Field]:
        """What each field refuses."""
        return {n(evening) if callable(n) else n: kind for n, (_value, kind) in self.typed.items() if kind is not None}


def fresh(value: Any) -> Any:
    """A file is read once: a new one each time it is sent."""
    return (value[0](value[1]), "membres.csv") if isinstance(value, tuple) else value


def _ballot(item: str, who: str) -> Any:
    return lambda evening: ballot_name(_item(evening, item), evening[who])


def _item(evening: Everything, name: str) -> Any:
    return evening[name] if name in evening.things else assemblies.agenda(evening.session, evening["convened"])[0].id


def _token(evening: Everything) -> str:
    return evening.link_for("lea@exemple.fr").rpartition("/")[2]


def _hash(evening: Everything) -> str:
    return minutes.get_minutes(evening.session, evening["written minutes"]).content_hash


def _number(who: str) -> Callable[[Everything], str]:
    return lambda evening: str(members.get_member(evening.session, evening[who]).number)


def _account(who: str) -> Callable[[Everything], str]:
    return lambda evening: str(evening.account(who))


CODE = Field(("", EMOJI, HTML, NUL, LONG, "ABCDE-12345", "1e3"))
PAPERS = Field(("", "9" * 5_000, NUL, EMOJI, HTML, "1e3", "12,50", "-1", "1" * 10))
# One paper in the urn; the votes of a SCIC are read college by college.
READING = {
    f"papers_{college}_{answer}": (number, PAPERS) if college == 0 else ("0", None)
    for college in range(4)
    for answer, number in zip(("for", "against", "abstain", "blank"), ("0", "1", "0", "0"), strict=True)
}
CSV = "Numéro;Nom;Catégorie;Collège;Date d’admission\n901;Autre;salarié;createurs;2024-01-01\n"
PLAN = {
    "held_on": ("2027-05-20", DAY), "held_time": ("18:00", TIME), "place": ("Valence", line(300)),
    "title": ("", line(200, needed=False)), "remote_vote": ("y", None),
}  # fmt: skip
FEES = {"commission_sales": ("", FEE), "listing_monthly": ("4,50", FEE), "payment_fee": ("", FEE)}
ACCOUNT = {
    "iban": ("FR76 3000 6000 0112 3456 7890 189", Field(("", LONG, NUL, EMOJI, HTML, "FR76 1"))),
    "on": ("2027-02-01", DAY), "reason": ("", line(300, needed=False)),
}  # fmt: skip
PROPOSAL = {
    "title": ("Un titre", line(120)), "reasons": ("Parce que.", prose(20_000, needed=False)),
    "wished_on": ("", MAYBE_DAY), **FEES,
}  # fmt: skip
CONTACTS = {
    "email": ("neuf@exemple.fr", replace(EMAIL, bad=EMAIL.bad[1:])), "phone": ("06 12", line(40, needed=False)),
    "street": ("2 place Neuve", prose(300, needed=False)), "postcode": ("26150", line(20, needed=False)),
    "town": ("Die", line(120, needed=False)), "craft": ("Tissage", line(120, needed=False)),
}  # fmt: skip
APPLICATION = {
    "email": ("clemence@exemple.fr", EMAIL), "phone": CONTACTS["phone"], "street": ("3 rue des Lilas", prose(300)),
    "postcode": ("26000", line(20)), "town": ("Die", line(120)), "craft": ("Vannière", line(120)),
    "given_names": ("Clémence", line(120)), "legal_name": ("Arnaud", line(120)),
    "siren": ("", Field((LONG, NUL, EMOJI, "123456789", "1e3"))), "representative": ("", line(120, needed=False)),
    "category": ("external", CHOICE), "college": ("createurs", CHOICE), "shares_wished": ("2", NUMBER),
    "accepts_statutes": ("y", Field(("",), is_shown=False)),
}  # fmt: skip
DRAFT = {"draft_id": "statutes draft"}
DRAFT_WORDS = {
    "title": ("Un titre", line(200)), "reasons": ("Parce que.", prose(5_000)), "wished_on": ("", MAYBE_DAY),
}  # fmt: skip
IDENTITY = {
    "name": ("Le Grand Établi", line(200)), "object_text": ("Vendre.", prose(5_000)), "seat": ("Rennes", line(300)),
    "siren": ("918 302 563", Field(("", LONG, NUL, EMOJI, "123456789", "1e3"))), "rcs_city": ("Rennes", line(100)),
    "founded_on": ("2021-01-04", MAYBE_DAY), "year_end": ("12-31", Field(("", LONG, NUL, "02-30", "31/31"))),
}  # fmt: skip
COLLEGES = {
    "college.createurs.label": ("Créatrices", line(120)), "college.createurs.weight": ("40 %", FRACTION),
    "college.createurs.place": ("1", Field(MAYBE_NUMBER.bad[:5])),
    **{f"college.{code}.label": (code, None) for code in ("salaries", "clients", "soutiens")},
    **{f"college.{code}.weight": ("1/5", None) for code in ("salaries", "clients", "soutiens")},
}  # fmt: skip
CAPITAL = {
    "share_nominal_cents": ("20,00", AMOUNT),
    "capital.statutory_minimum_cents": ("18 500,00 €", replace(AMOUNT, bad=AMOUNT.bad[:-1])),
    "capital.statutory_minimum_cents.clause": ("art. 8", line(100)),
    "share.transfer_approval_body": ("board", CHOICE), "share.transfer_approval_body.clause": ("art. 11", None),
}  # fmt: skip
NOTICE = {
    "assembly.notice_days.first": ("20", MAYBE_NUMBER), "assembly.notice_days.first.clause": ("art. 22", line(100)),
}  # fmt: skip
REASON = {"reason": ("Une erreur", prose(500)), "effective_on": ("2026-11-25", DAY)}
# What is written of each point to judge: the two texts that are there from the start, and whatever is added to them.
JUDGED = {
    "reason_competence-1": ("Relu.", prose(1_000)), "reason_competence-2": ("Relu.", prose(1_000)),
    "reason_doubts": ("Articles relus.", prose(1_000)),
    **{f"reason_competence-{n}": ("Relu.", None) for n in range(3, 12)},
}  # fmt: skip
NOW, PLANNED, CONVENED = {"assembly_id": "now"}, {"assembly_id": "planned"}, {"assembly_id": "convened"}

CASES = (
    # Coming in, one's own account
    Case("accounts.request_link", "", {}, {"email": ("lea@exemple.fr", EMAIL), "next": ("/terms/", None)}),
    Case("accounts.use_link", "", {"token": _token}),
    Case("accounts.set_password", "awa", {}, {"password": ("un cheval bleu en avril", SECRET)}),
    Case("accounts.check_password", "", {}, {
        "email": ("awa@exemple.fr", EMAIL), "password": ("un cheval bleu en avril", SECRET), "next": ("", None),
    }),
    Case("accounts.end_session", "jonas", {"session_id": "session"}),
    Case("accounts.sign_out", "marie"),
    Case("accounts.sign_out_everywhere", "m0"),
    Case("calendar.make", "awa", ends=200),
    Case("calendar.revoke", "awa"),
    Case("home.set_language", "", {}, {"language": ("fr", None), "next": ("/terms/", None)}),
    # Accounts and offices
    Case("accounts.create_person", "zoe", {}, {"email": ("neuve@exemple.fr", EMAIL), "name": ("Neuve", line(200))}),
    Case("accounts.grant_role", "zoe", {"account_id": "account"}, {
        "role": ("teller", CHOICE), "from_day": ("2027-03-01", DAY), "until_day": ("2028-03-01", MAYBE_DAY),
        "decision": ("AGO", line(200)),
    }),
    Case("accounts.end_role", "zoe", {"account_id": "account"}, {
        "role": ("teller", CHOICE), "last_day": ("2027-06-01", DAY), "decision": ("Démission", line(200)),
        "cause": ("revoked", MAYBE_CHOICE), "reason": ("Absences", line(300)),
    }),
    # The statutes
    Case("statutes.begin_draft", "helene", {}, {"source": ("current", CHOICE), **DRAFT_WORDS}),
    Case("statutes.reword", "helene", DRAFT, DRAFT_WORDS),
    *(
        Case("statutes.revise_section", "malik", {**DRAFT, "section": name}, typed)
        for name, typed in (
            ("identity", IDENTITY), ("colleges", COLLEGES), ("shares", CAPITAL), ("notice", NOTICE),
        )
    ),
    Case("statutes.adopt_first", "helene", DRAFT, {
        "decision": ("AGE", line(300)), "in_force_from": ("2027-05-01", DAY),
    }, ends=422),
    Case("assemblies.add_statutes", "helene", {"assembly_id": "unwanted"}, {
        "draft_id": (thing("statutes draft"), one_of(thing("frozen statutes"), thing("draft"))),
    }),
    Case("statutes.change_draft", "helene", {**DRAFT, "what": "withdraw"}),
    # Members
    Case("members.apply", "", {}, APPLICATION),
    Case("members.my_contacts", "awa", {}, CONTACTS),
    Case("members.my_consent", "awa", {}, {"given": ("no", None)}),
    Case("members.edit_contacts", "malik", {"member_id": "benoit"}, {**CONTACTS, "email": ("b@exemple.fr", None)}),
    Case("members.record_consent", "malik", {"member_id": "jonas"}, {
        "given": ("no", None), "on": ("2027-02-20", DAY), "proof": ("Lettre", line(300)),
    }),
    Case("members.admit", "helene", {"member_id": "candidate"}, {
        "effective_on": ("2027-02-26", DAY), "decision": ("Conseil, point 3", line(300)),
    }),
    Case("members.refuse", "helene", {"member_id": "other candidate"}, {
        "on": ("2027-02-26", DAY), "decision": ("Complet", line(300)), "code": ("no_room", MAYBE_CHOICE),
        "document_id": ("", MAYBE_CHOICE),
    }),
    Case("members.departure", "malik", {"member_id": "marie"}, {
        "kind": ("resigned", CHOICE), "effective_on": ("2027-02-20", DAY), "reason": ("Retraite", line(500, needed=False)),
        "decision": ("", line(300, needed=False)), "code": ("retirement", MAYBE_CHOICE),
        "document_id": ("", MAYBE_CHOICE),
    }),
    Case("members.move", "malik", {"member_id": "jonas"}, {
        "category": ("external", CHOICE), "college": ("clients", CHOICE), "effective_on": ("2027-02-20", DAY),
        "decision": ("", line(300, needed=False)),
    }),
    Case("personal.mine_pdf", "lea", ends=200),
    Case("personal.hand_over", "malik", {"member_id": "awa"}, ends=200),
    Case("personal.erasure", "malik", {"member_id": "left"}, {
        "reason": ("lettre du 3 mai", line(300)), "is_meant": ("y", None),
    }),
    Case("members.reinstate", "malik", {"member_id": "gone"}, {
        "effective_on": ("2027-02-01", DAY), "decided_by": ("ordinary_assembly", CHOICE),
        "decision": ("AGO", line(300)), "document_id": ("", MAYBE_CHOICE),
    }),
    Case("members.representative", "malik", {"member_id": "org"}, {
        "name": ("Lise Deux", line(200)), "office": ("gérante", line(120, needed=False)),
        "from_day": ("2027-02-01", DAY), "proof": ("Kbis", line(300)),
    }),
    Case("members.holders", "malik", {"member_id": "m0"}, {
        "names": ("Paul Un\nLise Deux", replace(prose(2_000), odd="")), "representative": ("Paul Un", line(200)),
        "on": ("2027-02-01", DAY), "proof": ("acte", line(300)),
    }),
    Case("members.iban", "nadia", {"member_id": "awa"}, ACCOUNT | {"proof": ("RIB", line(300))}),
    Case("members.my_iban", "lea", {}, ACCOUNT),
    Case("members.tell_notary", "malik", {"member_id": "deceased"}, {
        "notary": ("Me Blanc", line(300)), "proof": ("acte", line(300, needed=False)),
    }),
    Case("members.name_heir", "malik", {"member_id": "deceased"}, {
        "name": ("Zoé", line(200)), "reach": ("Die", line(300, needed=False)), "wish": ("refund", CHOICE),
        "number": ("", MAYBE_NUMBER),
    }),
    Case("members.strike_heir", "malik", {"member_id": "deceased", "heir_id": "heir"}),
    Case("members.close_estate", "malik", {"member_id": "deceased"}, {"reason": ("partage", line(500))}),
    Case("members.join_numbers", "malik", {"member_id": "double", "into_id": "twin"}, {"reason": ("même", line(500))}),
    Case("members.separate_numbers", "malik", {"member_id": "joined"}, {"reason": ("cousines", line(500))}),
    Case("members.undo", "malik", {"member_id": "m1", "event_id": "event"}, {"reason": ("Erreur", line(500))}),
    Case("members.import_batch", "nadia", {"batch_id": "batch"}),
    Case("members.discard", "nadia", {"batch_id": "other batch"}),
    Case("members.upload", "nadia", {}, {"file": ((BytesIO, CSV.encode()), FILE)}),
    Case("past.send", "nadia", {}, {"files": ((BytesIO, CSV.encode()), FILE)}),
    Case("past.read", "nadia", {"batch_id": "sent past"}, {"balance": ("1013 0,00", Field((LONG + "é", NUL)))}),
    Case("past.discard", "nadia", {"batch_id": "other past"}),
    Case("past.seal", "nadia", {"batch_id": "past"}),
    # Shares and payments
    Case("shares.record_subscription", "nadia", {"member_id": "awa"}, {
        "quantity": ("2", NUMBER), "effective_on": ("2026-11-25", DAY), "payable_now": ("20,00", replace(AMOUNT, bad=AMOUNT.bad[1:])),
        "resolution": ("Conseil", line(200, needed=False)),
    }),
    Case("shares.record_reversal", "nadia", {"seq": "mistake"}, REASON),
    Case("shares.draft_cascade", "nadia", {"seq": "subscription"}, {"reason": ("Erreur", prose(500))}),
    Case("shares.record_move", "nadia", {"member_id": "awa", "way": "transfer"}, {
        "quantity": ("1", NUMBER), "to": (_number("lea"), NUMBER), "effective_on": ("2026-12-01", DAY),
        "true_on": ("", MAYBE_DAY), "resolution": ("Conseil", line(200)), "step": ("record", None),
    }),
    Case("shares.record_move", "nadia", {"member_id": "marie", "way": "withdraw"}, {
        "quantity": ("1", NUMBER), "cause": ("reduction", CHOICE), "effective_on": ("2026-12-01", DAY),
        "resolution": ("Conseil", line(200)), "step": ("record", None),
    }),
    Case("shares.answer_request", "helene", {"request_id": "request"}, {
        "decision": ("Conseil", line(200)), "decided_on": ("2026-12-01", MAYBE_DAY), "step": ("accept", None),
    }),
    Case("shares.execute_request", "nadia", {"request_id": "request"}, {
        "effective_on": ("2026-12-02", DAY), "true_on": ("", MAYBE_DAY),
        "resolution": ("Conseil", line(200, needed=False)),
    }),
    Case("shares.change_nominal", "helene", {}, {
        "what": ("split", CHOICE), "factor": ("2", MAYBE_NUMBER), "effective_on": ("2026-12-02", DAY),
        "resolution": ("AGE", line(200)),
    }, ends=422),
    Case("shares.make_class", "helene", {}, {
        "label": ("Parts B", line(100)), "code": ("parts-b", Field(("", LONG, NUL, EMOJI, HTML, "Parts B", "ordinary"))),
        "nominal": ("20,00", AMOUNT), "from_date": ("2026-12-02", DAY), "min_hold": ("1", replace(MAYBE_NUMBER, bad=tuple(one for one in MAYBE_NUMBER.bad if one != "0"))),
        "max_hold": ("50", MAYBE_NUMBER), "max_part": ("25", Field((NUL, EMOJI, HTML, "1e3", "101", "-1", "12,505"))),
        "resolution": ("AGE", line(200)),
    }),
    Case("shares.issue_bulletin", "nadia", {"seq": "subscription"}, {"language": ("fr", None)}),
    Case("shares.certificate", "nadia", {"member_id": "awa"}),
    Case("shares.my_certificate", "awa"),
    Case("treasury.record_payment", "nadia", {"member_id": "awa"}, {
        "amount": ("10,00", AMOUNT), "effective_on": ("2026-11-26", DAY), "true_on": ("", MAYBE_DAY), "reference": ("VIR 2", line(200, needed=False)),
    }),
    Case("treasury.record_call", "nadia", {"member_id": "awa"}, {
        "amount": ("20,00", AMOUNT), "effective_on": ("2026-11-26", DAY), "true_on": ("", MAYBE_DAY), "resolution": ("", line(200, needed=False)),
    }),
    Case("treasury.own_account", "nadia", {}, {
        "holder": ("Les Mains Libres", line(70)), "iban": (IBAN, Field(("", LONG, NUL, EMOJI, "FR7612345"))),
        "bic": ("AGRIFRPP", Field((LONG, NUL))),
    }),
    Case("treasury.draft_file", "nadia", {}, {
        "pay_on": ("2027-03-01", DAY), "payees": (thing("samir"), one_of(thing("released file"))),
    }),
    Case("treasury.release_file", "helene", {"file_id": "drafted file"}),
    Case("treasury.take_file", "nadia", {"file_id": "released file"}, ends=200),
    Case("treasury.execute_file", "nadia", {"file_id": "released file"}, {
        "executed_on": ("2026-12-01", DAY), "failed": ("1", Field((EMOJI, "99", "1e3"), is_shown=False)),
    }),
    Case("treasury.drop_file", "nadia", {"file_id": "spare file"}, {"reason": ("Refait.", prose(500))}),
    Case("treasury.settle", "nadia", {"member_id": "marie"}, {
        "what": ("repay", CHOICE), "amount": ("5", AMOUNT), "effective_on": ("2026-12-01", DAY), "true_on": ("", MAYBE_DAY),
        "reference": ("VIR 3", line(200, needed=False)), "resolution": ("", line(200, needed=False)),
    }),
    Case("treasury.answer_prepared", "helene", {"prepared_id": "prepared"}, {
        "reason": ("", prose(500, needed=False)), "step": ("confirm", None),
    }),
    Case("treasury.issue_paper", "nadia", {"member_id": "marie", "what": "refund"}, {"language": ("fr", None)}),
    Case("treasury.issue_year", "nadia", {"member_id": "marie"}, {"year": ("2026", NUMBER)}),
    Case("treasury.close", "nadia", {}, {"kind": ("register", CHOICE), "through_date": ("2026-01-31", DAY)}),
    Case("treasury.losses", "nadia", {}, {
        "year": ("2026", NUMBER), "loss": ("10", replace(AMOUNT, bad=AMOUNT.bad[:-1])), "reserves": ("0", None),
        "effective_on": ("2027-02-01", DAY), "true_on": ("", MAYBE_DAY), "resolution": ("AGO du 26 février", line(200)),
    }),
    Case("treasury.declare_interest", "nadia", {}, {
        "year": ("2025", NUMBER), "rate": ("2", None), "change_on": ("", MAYBE_DAY), "second_rate": ("", None),
        "assembly_on": ("2026-06-15", DAY), "effective_on": ("2026-06-15", DAY), "resolution": ("AGO", line(200)),
        "surplus": ("", None), "reserves": ("", None), "cap_checked": ("Lu au Journal officiel", line(300, needed=False)),
    }),
    Case("treasury.pay_interest", "nadia", {}, {
        "paid_year": ("2025", NUMBER), "paid_on": ("2026-12-01", DAY), "exempt": ("", None),
    }),
    Case("treasury.undo_run", "nadia", {}, {
        "undone": ("interest_payment", CHOICE), "undone_year": ("2025", NUMBER), "undone_on": ("2026-12-01", DAY),
        "reason": ("Taux faux", line(300)),
    }),
    Case("treasury.record_reversal", "nadia", {"seq": "payment"}, REASON),
    # What people tell of what happened elsewhere
    Case("compliance.tell", "nadia", {}, {
        "kind": ("accounts_filed", CHOICE), "day": ("2026-07-01", DAY), "year_end": ("2025-12-31", MAYBE_CHOICE),
        "note": ("Récépissé 4", line(300, needed=False)),
    }),
    Case("compliance.withdraw", "nadia", {"fact_id": "fact"}, {"reason": ("Erreur", prose(300))}),
    # Proposals and fees
    Case("proposals.create", "awa", {}, PROPOSAL),
    Case("proposals.revise", "lea", {"proposal_id": "draft"}, PROPOSAL),
    Case("proposals.submit", "lea", {"proposal_id": "draft"}),
    Case("proposals.comment", "benoit", {"proposal_id": "debated"}, {
        "position": ("for", CHOICE), "text": ("D’accord.", prose(4_000)),
    }),
    Case("proposals.back", "benoit", {"proposal_id": "draft"}),
    Case("proposals.unback", "benoit", {"proposal_id": "draft"}),
    Case("proposals.bring", "helene", {"proposal_id": "draft"}, {"reason_competence": ("Relu.", None)}),
    Case("proposals.carry_out", "helene", {"proposal_id": "asked"}, {"decision": ("Conseil", line(300))}),
    Case("proposals.withdraw", "lea", {"proposal_id": "draft"}),
    Case("terms.run", "helene", {"change_id": "change"}),
    # Preparing assemblies
    Case("assemblies.plan", "helene", {}, {"kind": ("ordinary", CHOICE), **PLAN}),
    Case("assemblies.revise", "helene", PLANNED, PLAN),
    Case("assemblies.add_accounts", "helene", PLANNED, {"year_end": ("2026-12-31", DAY)}),
    Case("assemblies.add_proposal", "helene", PLANNED, {
        "proposal_id": (thing("debated"), one_of(thing("draft"), thing("won"), thing("awa"))),
    }),
    Case("assemblies.add_admission", "helene", PLANNED, {
        "candidate_id": (lambda e: str(e["third candidate"]), one_of(thing("awa"), thing("m1"))),
    }),
    Case("assemblies.add_text", "helene", PLANNED, {"title": ("Un titre", line(300)), "text": ("Décide.", prose(20_000))}),
    Case("assemblies.add_election", "helene", {"assembly_id": "drafted"}, {
        "title": ("Une élection", line(300)), "text": ("Élisons.", prose(20_000)), "subject": ("election", CHOICE),
        "paper": ("ranking", CHOICE),
    }),
    Case("assemblies.write_paper", "helene", {"item_id": "drafted paper"}, {
        "options": ("La halle\nLa place", prose(20_000)), "seats": ("1", NUMBER), "shuffled": ("y", None),
        "grades": ("Non\nOui", replace(prose(2_000), odd="")), "tie": ("seed", CHOICE),
        "seed": ("", line(100, needed=False)),
    }),
    Case("assemblies.revise_item", "helene", {"item_id": "planned item"}, {
        "title": ("Un autre titre", line(300)), "text": ("Décide.", prose(20_000)),
    }),
    Case("assemblies.change_agenda", "helene", {"item_id": "planned item", "what": "down"}),
    Case("assemblies.cancel", "helene", {"assembly_id": "unwanted"}, {"reason": ("Trop tôt", prose(1_000))}),
    Case("assemblies.issue_retroplanning", "helene", CONVENED, {"language": ("fr", None)}),
    Case("assemblies.prepare_second_call", "helene", {"assembly_id": "lost"}, {
        "held_on": ("2027-03-25", DAY), "held_time": ("18:00", TIME),
    }),
    Case("assemblies.open_roll", "helene", PLANNED),
    Case("assemblies.convene", "helene", PLANNED, JUDGED),
    # The roll, and votes that cannot go on
    Case("assemblies.dispute_roll", "jonas", CONVENED, {"text": ("Il manque Luc.", prose(2_000))}),
    Case("assemblies.answer_dispute", "helene", {"dispute_id": "dispute"}, {
        "verdict": ("kept", CHOICE), "text": ("Vérifié.", prose(2_000)),
    }),
    Case("assemblies.strike_off", "helene", CONVENED, {
        "number": ("11", NUMBER), "reason": ("Démission.", prose(600)), "document": ("Lettre", line(300)),
    }),
    Case("assemblies.suspend", "samir", CONVENED, {
        "incident": ("Une panne.", prose(800)), "since_on": ("2027-02-26", DAY), "since_time": ("18:05", TIME),
    }),
    Case("assemblies.resume", "samir", CONVENED, {
        "until_on": ("", MAYBE_DAY), "until_time": ("", replace(TIME, bad=TIME.bad[1:])),
    }),
    Case("assemblies.plan_reminders", "helene", CONVENED, {
        "hours": ("48, 12", Field((LONG, NUL, EMOJI, HTML, "1e3", "-1", "0", "24, 24", "9999"))),
    }),
    Case("assemblies.begin_rehearsal", "helene", {"assembly_id": "early"}),
    Case("assemblies.rehearse", "awa", CONVENED, {_ballot("", "awa"): ("for", CHOICE)}),
    Case("assemblies.count_rehearsal", "samir", CONVENED),
    Case("assemblies.end_rehearsal", "helene", CONVENED),
    # Proxies and votes from home
    # Without a host name of their own votes need no code, and have no door.
    Case("vote.enter", "jonas", {}, ends=404),
    Case("assemblies.make_voter_codes", "helene", CONVENED, ends=422),
    Case("assemblies.make_voter_code_again", "helene", CONVENED, {"number": ("1", replace(NUMBER, is_shown=False))}, ends=422),
    Case("assemblies.give_proxy", "jonas", CONVENED, {
        "holder": (thing("zoe"), one_of(thing("jonas"), thing("m1"), thing("candidate"), thing("draft"))),
    }),
    Case("assemblies.revoke_proxy", "lea", CONVENED),
    Case("assemblies.decline_proxy", "benoit", {**CONVENED, "grantor_id": "marie"}),
    Case("assemblies.correct_vote", "awa", CONVENED, {_ballot("", "awa"): ("for", None)}, ends=200),
    Case("assemblies.cast_vote", "awa", CONVENED, {_ballot("", "awa"): ("for", CHOICE), "step": ("cast", None)}),
    # In the room
    Case("assemblies.arrive", "samir", {**NOW, "member_id": "jonas"}),
    Case("assemblies.leave", "samir", {**NOW, "member_id": "jonas"}),
    Case("assemblies.paper_proxy", "samir", NOW, {"grantor": ("10", NUMBER), "holder": ("1", NUMBER)}),
    Case("assemblies.incident", "samir", NOW, {"text": ("Une panne", prose(1_000))}),
    Case("assemblies.attendance_sheet", "samir", NOW),
    Case("assemblies.type_paper", "samir", {"item_id": "voting", "number": _number("zoe")}, {
        "choice": ("for", CHOICE), "reason": ("", replace(prose(1_000, needed=False), is_shown=False)),
    }),
    Case("assemblies.withdraw_paper", "samir", {"item_id": "voting", "number": _number("zoe")}, {
        "reason": ("Elle vote à main levée", prose(1_000)),
    }),
    Case("assemblies.enter_ballots", "samir", {"item_id": "voting"}, {
        _ballot("voting", "zoe"): ("for", MAYBE_CHOICE), "rest": ("", MAYBE_CHOICE),
    }),
    Case("assemblies.set_aside", "samir", {"item_id": "to set aside"}, {"reason": ("À revoir", prose(1_000))}),
    Case("assemblies.run_vote", "samir", {"item_id": "voting", "what": "close"}),
    Case("assemblies.close_session", "samir", NOW, ends=422),
    Case("assemblies.open_session", "samir", {"assembly_id": "early"}, {
        "chair": (_account("helene"), one_of(_account("awa"))), "secretary": (_account("malik"), one_of(_account("awa"))),
        "tellers": (lambda e: [str(e.account("samir")), str(e.account("awa"))], one_of(thing("awa"))),
    }, ends=422),
    Case("assemblies.no_quorum", "samir", {"assembly_id": "early"}),
    Case("registers.sheet", "malik", {"member_id": "awa"}),
    # Secret votes
    Case("ballots.make_code", "samir", ends=200),
    Case("ballots.try_code", "malik", {}, {"code": (lambda e: e["codes"][1], CODE)}, ends=200),
    Case("assemblies.set_ballot", "helene", {"item_id": "unwanted item", "what": "secret"}, ends=422),
    Case("assemblies.note_paper", "samir", {"item_id": "secret voting", "member_id": "zoe"}),
    Case("assemblies.keep_reading", "samir", {"item_id": "closed urn"}, READING),
    Case("assemblies.keep_reading", "malik", {"item_id": "closed urn"}, READING),
    Case("assemblies.open_urns", "samir", {"assembly_id": "secret"}, {
        "code_1": (lambda e: e["codes"][0], CODE), "code_2": (lambda e: e["codes"][1], CODE),
    }),
    Case("assemblies.settle", "samir", {"item_id": "tied"}, {"rank_o1": ("2", NUMBER), "rank_o2": ("1", NUMBER)}),
    Case("ballots.annul", "helene", {"scrutin_id": "scrutin"}, {
        "on": ("2027-02-20", DAY), "document": ("TJ de Valence, n° 26/01234", line(300)), "reason": ("Convocation.", prose(1_000)),
    }),
    # Minutes and checks
    Case("minutes.save", "malik", {"minutes_id": "written minutes"}, {
        "based_on": (_hash, None), "debates": ("On a parlé.", prose(20_000, needed=False)),
    }),
    Case("minutes.approve", "malik", {"minutes_id": "written minutes"}, {
        "content_hash": (_hash, Field(("", EMOJI, NUL, LONG), is_shown=False)), "signer": ("secretary", CHOICE),
    }),
    Case("registers.check", "olivier", ends=200),
    Case("registers.paper", "nadia", {"register": "members"}),
    Case("registers.attest", "nadia"),
    Case("registers.repair", "nadia", {"seq": "subscription"}, ends=422),
    # The demonstration's own doors
    Case("demo.become", "demo", {"key": "awa"}),
    Case("demo.set_clock", "demo", {}, {"to": ("2030-01-01T10:00", Field(("", "2026-02-30T10:00", EMOJI, HTML, NUL, LONG, "1e3")))}),
    Case("demo.step_forward", "demo", {"step": "day"}),
)  # fmt: skip
