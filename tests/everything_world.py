"""A cooperative on a busy evening: every kind of thing that has a page exists, in every state that has a button."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.routing import Rule

from coopgov.accounts import queries as account_queries
from coopgov.accounts import service as account_service
from coopgov.assemblies import queries as assembly_queries
from coopgov.assemblies import rehearsals
from coopgov.assemblies import service as assemblies
from coopgov.assemblies.queries.suspending import scrutins_of
from coopgov.assemblies.rules import AssemblyKind, SubjectKind
from coopgov.assemblies.rules.papers import first_draft
from coopgov.ballots import rehearsing
from coopgov.ballots import service as ballots
from coopgov.ballots.rules import Channel, Choice
from coopgov.compliance import service as compliance
from coopgov.compliance.rules import FactKind
from coopgov.core.db import db
from coopgov.core.money import Cents
from coopgov.core.policy import Role
from coopgov.law.rulebook import StatutesFigure
from coopgov.members import queries as member_queries
from coopgov.members import service as members
from coopgov.members.rules import Application, Category, HeirWish, NewMember, PartyKind, Reach
from coopgov.members.rules import Person as Named
from coopgov.minutes import queries as minutes_queries
from coopgov.minutes import service as minutes
from coopgov.minutes.rules import Signer
from coopgov.past import service as pasts
from coopgov.past import working
from coopgov.printing.archive import documents_about
from coopgov.proposals import service as proposals
from coopgov.proposals.rules import Position
from coopgov.shares import service as shares
from coopgov.shares.rules import RequestKind
from coopgov.statutes import queries as statute_queries
from coopgov.statutes import service as statutes
from coopgov.statutes.drafting import Edit
from coopgov.statutes.ready import ready_set
from coopgov.terms import queries as terms_queries
from coopgov.treasury import service as treasury
from coopgov.treasury.banking import service as banking
from coopgov.treasury.rules import CapitalKind, Prepared
from tests import judging
from tests.coop_world import FOUNDED, Coop, email, everything_wired
from tests.person import Person

IBAN = "FR7630006000011234567890189"
BOARD_DECIDES_FROM = date(2027, 2, 1)
IN_THE_ROOM = ("helene", "malik", "samir", "awa", "nadia", "zoe")
# Somebody with each office and nothing else; without an office, a member.
ONE_OFFICE = {role: f"only-{role.value}" for role in Role if role is not Role.MEMBER} | {Role.MEMBER: "lea"}


ALL_OFFICES = "all-offices"
# The options of a vote on each kind of paper; persons are ranked in secret.
PAPERS = {
    "grades": ("Le marché couvert", "La halle"), "lists": ("Ensemble: Awa, Malik", "Demain: Zoé, Nadia"),
    "approval": ("Awa", "Malik"), "ranking": ("Awa", "Malik", "Zoé"), "choices": ("Awa", "Malik", "Zoé"),
    "rivals": ("Ouvrir le dimanche", "Ne rien changer"),
}  # fmt: skip
SECRET_PAPERS = {"ranking"}


class Everything(Coop):
    """The cooperative with a name for each thing in it."""

    things: dict[str, Any]

    def begin(self) -> "Everything":
        """Live three months, until 26 February 2027 at 18:05, in the middle of an assembly."""
        self.found("scic-sa", crowd=2)
        self.things = {}
        self._people()
        self._money()
        self._refunds()
        self._write_proposals()
        self._past_assemblies()
        self._assemblies_to_come()
        self._assembly_now()
        self._secret_votes()
        self._elections()
        self._rehearse()
        return self

    def __getitem__(self, name: str) -> Any:
        """A thing by its name: an assembly, a proposal, a member, a number of a movement."""
        return self.things.get(name) or self.ids[name]

    def _people(self) -> None:
        with self.act() as act:
            for who, roles in [(ALL_OFFICES, list(Role)), *((w, [r]) for r, w in ONE_OFFICE.items() if r != "member")]:
                account_id = account_service.create_account(act, email=email(who), name=who)
                for role in roles:
                    account_service.grant_role(act, account_id=account_id, role=role, from_day=FOUNDED)
            text = ready_set("scic-sa")
            power = {"terms.decision_power": StatutesFigure("BOARD_AFTER_CONSULTATION", "art. 31")}
            text = replace(text, figures={**text.figures, **power})
            statutes.adopt_statutes(act, text=text, in_force_from=BOARD_DECIDES_FROM, decision="AGE du 10 janvier")
            self._drafts(act)
            for name in ("candidate", "other candidate", "third candidate"):
                self.things[name] = members.apply(act, application=_application(name))
            members.resign(act, member_id=self.ids["m1"], effective_on=date(2026, 11, 20), reason="départ")
            self._parties(act)
            for number, name in ((900, "batch"), (901, "other batch")):
                table = f"Numéro;Nom;Catégorie;Collège;Date d’admission\n{number};N;salarié;createurs;2024-01-01\n"
                self.things[name] = members.keep_batch(act, file_name="membres.csv", content=table.encode())
        self._pasts()
        events = member_queries.get_file(self.session, self.ids["m1"]).events
        self.things["event"] = max(event.id for event in events)
        self.things["statutes"] = statute_queries.statutes_on(self.session, FOUNDED).id
        self.things["account"] = self.account("jonas")
        self.things["session"] = self._a_session("jonas")

    def _pasts(self) -> None:
        """Three pasts that were read and wait for their seal, or to be thrown away."""
        folder = self.app.extensions["coopgov.config"].data_dir
        for number, name in ((950, "past"), (951, "sent past"), (952, "other past")):
            with self.act("nadia") as act:
                self.things[name] = pasts.keep(act, files=older_register(number))
            working.examine_batch(self.things[name], folder, lambda: self.act("nadia"))

    def _parties(self, act: Any) -> None:
        """One who left, one who died with an heir, an organisation, two numbers of one person, two joined."""
        for name in ("gone", "deceased", "left"):
            one = NewMember(
                Named(PartyKind.PERSON, name.title(), "Ancien"), FOUNDED, Category.EXTERNAL, college="createurs"
            )
            self.things[name] = members.enrol(act, member=one)
        for name in ("gone", "left"):
            members.resign(act, member_id=self[name], effective_on=date(2026, 11, 20))
        members.record_death(act, member_id=self["deceased"], effective_on=date(2026, 11, 20))
        members.name_heir(act, member_id=self["deceased"], name="Luc Héritier", wish=HeirWish.UNKNOWN)
        self.things["heir"] = member_queries.get_estate(act.session, self["deceased"]).heirs[0].id
        for name in ("double", "twin", "joined", "org"):
            self.things[name] = members.apply(act, application=_application(name))
        members.join_doubles(act, member_id=self["joined"], into_id=self["third candidate"], reason="deux fois")

    def _drafts(self, act: Any) -> None:
        """One draft of the statutes being written, one before an assembly."""
        twenty = Edit(figures={"assembly.notice_days.first": StatutesFigure(20, "art. 22")})
        for name in ("statutes draft", "frozen statutes"):
            made = statutes.draft_statutes(act, title="Vingt jours", reasons="Mieux se préparer.")
            statutes.revise_draft(act, draft_id=made, edit=twenty)
            self.things[name] = made
        statutes.freeze_draft(act, draft_id=self["frozen statutes"], held_on=date(2027, 6, 1))

    def _a_session(self, who: str) -> UUID:
        self.person(who)
        return account_queries.list_sessions(self.session, self.account(who), self.clock.now)[0].id

    def _money(self) -> None:
        on, awa = date(2026, 11, 20), self.ids["awa"]
        with self.act("nadia") as act:
            self.things["fact"] = compliance.tell(act, kind=FactKind.REVISION, day=date(2023, 5, 4), note="rapport 12")
            buy = lambda: shares.subscribe(  # noqa: E731 - twice the same
                act, member_id=awa, quantity=8, effective_on=on, payable_now=Cents(4_000)
            )
            self.things["subscription"], self.things["mistake"] = buy(), buy()
            self.things["payment"] = treasury.pay(
                act, member_id=awa, cents=Cents(3_000), effective_on=on, reference="VIR 1"
            )
            for name in ("request", "other request"):
                wish = shares.Wish(RequestKind.TRANSFER, awa, 1, on, to_id=self.ids["lea"])
                self.things[name] = shares.request(act, wish)
            self.things["certificate"] = treasury.issue_certificate(act, member_id=awa, on=on)

    def _write_proposals(self) -> None:
        self.things["draft"] = self._draft("lea", "Un brouillon", {"listing.monthly": 400})
        # A line of the schedule is before the members in one proposal at a time.
        asked = {"won": ("commission.sales", 550), "asked": ("listing.monthly", 400), "debated": ("payment.fee", 110)}
        for name, (line, value) in (asked | {"other debated": ("payment.fee", 100)}).items():
            self.things[name] = self._draft("awa", f"Une ligne à {value}", {line: value})
            with self.act("awa") as act:
                proposals.submit(act, proposal_id=self[name], author_id=self.ids["awa"])
            for who in ("benoit", "jonas", "marie", "m0", "nadia"):
                with self.act() as act:
                    proposals.back(act, proposal_id=self[name], member_id=self.ids[who])
        awa, debated = self.ids["awa"], self["debated"]
        with self.act("awa") as act:
            proposals.revise(
                act, proposal_id=debated, author_id=awa, title="Une ligne à 110", reasons="Parce que oui.",
                changes={"payment.fee": 110},
            )  # fmt: skip
            proposals.comment(act, proposal_id=debated, author_id=awa, position=Position.FOR, text="Pour.")

    def _refunds(self) -> None:
        """Four members are paid back a part of their shares: in a file each, but for the last."""
        on = date(2026, 11, 20)
        with self.act("nadia") as act:
            banking.write_account(act, holder="Les Mains Libres", iban=IBAN)
            shares.subscribe(act, member_id=self.ids["benoit"], quantity=2_000, effective_on=on)
            for who in ("helene", "jonas", "marie", "samir"):
                self._pay_back(act, self.ids[who], on)
            wish = Prepared(CapitalKind.REPAY, self.ids["marie"], Cents(5_00), on)
            self.things["prepared"] = treasury.prepare(act, wish)
            for who, name in (("helene", "drafted file"), ("jonas", "released file"), ("marie", "spare file")):
                self.things[name] = banking.draft_file(act, member_ids=[self.ids[who]], pay_on=act.today)
        with self.act("helene") as act:
            banking.release_file(act, file_id=self["released file"])

    def _pay_back(self, act: Any, member_id: UUID, on: date) -> None:
        shares.subscribe(act, member_id=member_id, quantity=6, effective_on=on)
        treasury.pay(act, member_id=member_id, cents=Cents(130_00), effective_on=on)
        shares.redeem(act, member_id=member_id, quantity=2, effective_on=on, decision="CA du 20", cause="reduction")
        members.set_iban(act, member_id=member_id, iban=IBAN, on=on, proof="RIB du 19 novembre")

    def _draft(self, who: str, title: str, changes: dict[str, int]) -> UUID:
        with self.act(who) as act:
            return proposals.draft(act, author_id=self.ids[who], title=title, reasons="Parce que.", changes=changes)

    def _plan(self, held_at: str, *proposed: str, texts: int = 0, convened: bool = True) -> UUID:
        with self.act("helene") as act:
            made = assemblies.plan(
                act, kind=AssemblyKind.ORDINARY, held_at=_hour(held_at), place="Valence", remote_vote=True
            )  # fmt: skip
            for name in proposed:
                assemblies.add_proposal_item(act, assembly_id=made, proposal_id=self[name])
            for n in range(1, texts + 1):
                assemblies.add_text_item(act, assembly_id=made, title=f"Résolution {n}", text="L’assemblée décide.")
        if convened:
            with self.act("helene") as act:
                judging.convene(act, assembly_id=made)
        return made

    def _open(self, assembly_id: UUID) -> list[UUID]:
        bureau = {"chair": self.account("helene"), "secretary": self.account("malik")}
        tellers = [self.account("samir"), self.account("awa")]
        with self.act("helene") as act:
            for who in IN_THE_ROOM:
                assemblies.arrive(act, assembly_id=assembly_id, member_id=self.ids[who])
            assemblies.open_assembly(act, assembly_id=assembly_id, tellers=tellers, **bureau)
        return [item.id for item in assembly_queries.agenda(self.session, assembly_id)]

    def _vote(self, item_id: UUID, *, close: bool = True, proclaim: bool = True) -> None:
        with self.act("helene") as act:
            assemblies.open_vote(act, item_id=item_id)
        if not close:
            return
        choices, teller = {(item_id, self.ids[who]): Choice.FOR for who in IN_THE_ROOM}, self.account("samir")
        with self.act("helene") as act:
            assemblies.cast_all(act, cast_by=teller, choices=choices, channel=Channel.ROOM)
        with self.act("helene") as act:
            assemblies.close_vote(act, item_id=item_id)
            if proclaim:
                assemblies.proclaim(act, item_id=item_id)

    def _past_assemblies(self) -> None:
        plans = [("written", "2027-01-15T18:00", "won"), ("approved", "2027-02-05T18:00", "asked")]
        for name, hour, proposed in plans:
            self.things[name] = self._plan(hour, proposed)
        self.things["lost"] = self._plan("2027-02-08T18:00", texts=1)
        for name, hour, _proposed in plans:
            self.clock.now = _hour(hour)
            for item in self._open(self[name]):
                self._vote(item)
            with self.act("helene") as act:
                assemblies.close_assembly(act, assembly_id=self[name])
            self.things[f"{name} minutes"] = minutes_queries.find_by_assembly(self.session, self[name]).id
        self._approve()
        self.things["scrutin"] = assembly_queries.agenda(self.session, self["written"])[0].scrutin_id
        [self.things["change"]] = [change.id for change in terms_queries.pending_changes(self.session)]
        self.clock.now = _hour("2027-02-08T18:01")
        with self.act("helene") as act:
            assemblies.note_no_quorum(act, assembly_id=self["lost"])

    def _approve(self) -> None:
        minutes_id = self["approved minutes"]
        with self.act("malik") as act:
            minutes.edit_prose(act, minutes_id=minutes_id, texts={"debates": "Personne n’a demandé la parole."})
        for who, signer in (("malik", Signer.SECRETARY), ("helene", Signer.CHAIR)):
            with self.act(who) as act:
                minutes.approve(act, minutes_id=minutes_id, as_=signer)

    def _assemblies_to_come(self) -> None:
        self.things["convened"] = self._plan("2027-03-30T18:00", texts=2)
        self.things["planned"] = self._plan("2027-04-15T18:00", texts=2, convened=False)
        self.things["unwanted"] = self._plan("2027-04-20T18:00", texts=1, convened=False)
        items = assembly_queries.agenda(self.session, self["planned"])
        self.things["planned item"], self.things["unwanted item"] = items[0].id, items[1].id
        self.things["notice"] = documents_about(self.session, f"assembly:{self['convened']}", kind="notice")[0].id
        for giver, holder in (("lea", "benoit"), ("marie", "benoit")):
            with self.act() as act:
                assemblies.give_proxy(
                    act, assembly_id=self["convened"], grantor_id=self.ids[giver], holder_id=self.ids[holder]
                )

    def _dispute_rolls(self) -> None:
        """The roll of one assembly is open to the members and disputed, before it is frozen and after."""
        with self.act("helene") as act:
            assemblies.open_roll(act, assembly_id=self["drafted"])
        for name, about in (("dispute", "convened"), ("other dispute", "drafted")):
            with self.act("awa") as act:
                self.things[name] = assemblies.dispute_roll(
                    act, assembly_id=self[about], member_id=self.ids["awa"], text="Mon collège est faux."
                )

    def _rehearse(self) -> None:
        """The votes of the assembly to come are rehearsed."""
        data_dir, runtime = self.app.extensions["coopgov.config"].data_dir, self.app.extensions["coopgov.runtime"]
        trial = rehearsals.rehearsal_of(data_dir, runtime, self["convened"])
        rehearsing.begin(trial, self.session, self.actor("helene"), scrutins_of(self.session, self["convened"]))

    def _assembly_now(self) -> None:
        self.things["early"] = self._plan("2027-02-26T18:00", texts=1)
        self.things["secret"] = self._plan_secret()
        self.things["elections"] = self._plan_elections("2027-02-26T18:00")
        self.things["drafted"] = self._plan_elections("2027-04-22T18:00", convened=False)
        self._dispute_rolls()
        self.things["drafted paper"] = assembly_queries.agenda(self.session, self["drafted"])[0].id
        self.things["now"] = self._plan("2027-02-26T18:00", texts=4)
        self.clock.now = _hour("2027-02-26T18:05")
        planned, aside, voting, counted = self._open(self["now"])
        self._vote(counted, proclaim=False)
        self._vote(voting, close=False)
        self.things |= {"to vote": planned, "to set aside": aside, "voting": voting, "counted": counted}

    def _secret_votes(self) -> None:
        """The urn of one secret vote waits for its tellers, another vote is open."""
        closed, voting = self._open(self["secret"])
        for item, close in ((closed, True), (voting, False)):
            with self.act("helene") as act:
                assemblies.open_vote(act, item_id=item)
            self._answer_for_oneself(item)
            samir = self.account("samir")
            if close:
                with self.act("samir") as act:
                    assemblies.note_paper(act, item_id=item, voter_id=self.ids["zoe"], cast_by=samir)
                    assemblies.close_vote(act, item_id=item)
        self.things |= {"closed urn": closed, "secret voting": voting}

    def _plan_elections(self, held_at: str, *, convened: bool = True) -> UUID:
        """Texts to grade, a list to choose, persons to approve, rank, choose, rival texts: one vote on each paper."""
        made = self._plan(held_at, convened=False)
        for kind, options in PAPERS.items():
            subject = SubjectKind.ELECTION if kind in SECRET_PAPERS else SubjectKind.CHOICE
            with self.act("helene") as act:
                item = assemblies.add_election_item(
                    act, assembly_id=made, title=f"Scrutin {kind}", text="Choisissons.", paper=kind, subject=subject
                )
                draft = replace(first_draft(kind), options=options, shuffled=kind == "choices")
                assemblies.set_paper(act, item_id=item, draft=draft)
        if convened:
            with self.act("helene") as act:
                judging.convene(act, assembly_id=made)
        return made

    def _elections(self) -> None:
        """One vote is proclaimed, the equal votes of another wait for the chair, two are open."""
        graded, _listed, tied, ranked, *_left = self._open(self["elections"])
        graded_marks = [{"grades": {"o1": "g6", "o2": "g1"}}, {"grades": {"o1": "g5", "o2": "g2"}}]
        for item, marks in ((graded, graded_marks), (tied, [{"chosen": ["o1"]}, {"chosen": ["o2"]}])):
            self._mark(item, *marks)
            with self.act("helene") as act:
                assemblies.close_vote(act, item_id=item)
        with self.act("helene") as act:
            assemblies.proclaim(act, item_id=graded)
        self._mark(ranked, {"ranks": {"o2": 1}})
        scrutin = assembly_queries.get_item(self.session, graded).scrutin_id
        self.things |= {"graded": scrutin, "tied": tied}

    def _mark(self, item: UUID, *marks: dict[str, Any]) -> None:
        with self.act("helene") as act:
            assemblies.open_vote(act, item_id=item)
        scrutin = str(assembly_queries.get_item(self.session, item).scrutin_id)
        for who, mark in zip(IN_THE_ROOM, marks, strict=False):
            with self.act(who) as act:
                assemblies.vote(
                    act, item_id=item, voter_id=self.ids[who], choice={"v": 1, "scrutin": scrutin, **mark},
                    channel=Channel.ROOM, cast_by=self.ids[who],
                )  # fmt: skip

    def _plan_secret(self) -> UUID:
        self.things["codes"] = [self._code(who) for who in ("samir", "malik")]
        made = self._plan("2027-02-26T18:00", texts=2, convened=False)
        for item in assembly_queries.agenda(self.session, made):
            with self.act("helene") as act:
                assemblies.set_secret(act, item_id=item.id, is_secret=True)
        with self.act("helene") as act:
            judging.convene(act, assembly_id=made)
        return made

    def _code(self, who: str) -> str:
        account = self.account(who)
        with self.act(who) as act:
            return ballots.make_teller_key(act, account_id=account, name=who.title())

    def _answer_for_oneself(self, item: UUID) -> None:
        for who in IN_THE_ROOM[:4]:
            with self.act(who) as act:
                assemblies.vote(
                    act, item_id=item, voter_id=self.ids[who], choice=Choice.FOR, channel=Channel.ROOM,
                    cast_by=self.ids[who],
                )  # fmt: skip

    def path(self, rule: Rule, **instead: Any) -> str:
        """The address of a page with something that exists in every place it leaves open."""
        named = {name: self[_THINGS[name]] for name in rule.arguments if name in _THINGS}
        named |= {name: self._get(thing) for name, thing in _OF_PAGE.get(rule.endpoint, {}).items()}
        named |= {name: _WORDS[name] for name in rule.arguments if name in _WORDS}
        named |= {"what": "up"} if rule.endpoint == "assemblies.change_agenda" else {}
        named |= {"what": "secret"} if rule.endpoint == "assemblies.set_ballot" else {}
        named |= {"what": "rebase"} if rule.endpoint == "statutes.change_draft" else {}
        named |= {"what": "call"} if rule.endpoint == "treasury.issue_paper" else {}
        built = rule.build(named | instead)
        assert built is not None, rule
        return str(built[1])

    def _get(self, thing: str | int) -> Any:
        return thing if isinstance(thing, int) else self[thing]

    def only(self, role: Role | None) -> Person:
        """The browser of somebody with one office and nothing else; without one, a stranger's."""
        return self.person(ONE_OFFICE[role] if role else "")


def older_register(number: int) -> list[tuple[str, bytes]]:
    """The sheets of an older register with one member in it."""
    told = {
        "associes.csv": f"Numéro;Nom;Catégorie;Collège;Date d’admission\n{number};N;salarié;createurs;2024-01-01\n",
        "evenements.csv": f"Numéro;Événement;Date;Décision\n{number};admission;2024-01-01;AG\n",
        "mouvements.csv": f"Date;Mouvement;Numéro;Parts\n2024-01-02;souscription;{number};1\n",
    }
    return [(name, text.encode()) for name, text in told.items()]


# What stands in an address, unless the page needs a thing in another state.
_THINGS = {
    "assembly_id": "convened", "item_id": "voting", "proposal_id": "debated", "minutes_id": "approved minutes",
    "member_id": "awa", "grantor_id": "lea", "session_id": "session", "account_id": "account", "seq": "subscription", "event_id": "event", "batch_id": "batch",
    "change_id": "change", "scrutin_id": "scrutin", "statutes_id": "statutes", "document_id": "notice", "draft_id": "statutes draft",
    "request_id": "request", "prepared_id": "prepared",
    "fact_id": "fact", "dispute_id": "dispute", "into_id": "twin", "heir_id": "heir", "file_id": "released file",
}  # fmt: skip
_WORDS = {
    "token": "x",
    "section": "votes",
    "what": "open",
    "step": "day",
    "key": "awa",
    "register": "members",
    "kind": "csv",
    "format": "blt",
    "way": "withdraw",
    "sheet": "members",
}
_OF_PAGE: dict[str, dict[str, str | int]] = {
    **{
        f"past.{page}": {"batch_id": "past"}
        for page in ("mapping", "read", "batch", "accounts", "faults_file", "reconciliation_file", "seal", "discard")
    },
    "past.account": {"batch_id": "past", "number": 950},
    "assemblies.edit": {"assembly_id": "planned"}, "assemblies.prepare": {"assembly_id": "planned"},
    "assemblies.confirm_convening": {"assembly_id": "planned"}, "assemblies.edit_item": {"item_id": "planned item"},
    "assemblies.plan_second_call": {"assembly_id": "lost"}, "assemblies.room": {"assembly_id": "now"},
    "assemblies.choose_bureau": {"assembly_id": "early"}, "minutes.edit": {"minutes_id": "written minutes"},
    "assemblies.papers_in_urn": {"item_id": "secret voting"}, "assemblies.read_papers": {"item_id": "closed urn"},
    **{f"assemblies.{page}": {"number": 1} for page in ("typed_paper", "type_paper", "withdraw_paper")},
    "assemblies.paper": {"item_id": "drafted paper"}, "assemblies.equal_votes": {"item_id": "tied"},
    "ballots.archive": {"scrutin_id": "graded"}, "ballots.foreign": {"scrutin_id": "graded"},
    "assemblies.urns": {"assembly_id": "secret"}, "members.admit": {"member_id": "candidate"}, "members.refuse": {"member_id": "candidate"},
    "personal.erasure": {"member_id": "gone"}, "members.estate": {"member_id": "deceased"}, "members.reinstate": {"member_id": "gone"},
    "members.separate_numbers": {"member_id": "joined"}, "members.representative": {"member_id": "org"},
    "members.undo": {"member_id": "m1"}, "proposals.edit": {"proposal_id": "draft"},
    "statutes.draft": {"draft_id": "frozen statutes"}, "proposals.diff": {"older": 1, "newer": 2}, "treasury.reverse": {"seq": "payment"},
}  # fmt: skip


def _hour(written: str) -> datetime:
    return datetime.fromisoformat(f"{written}+01:00").astimezone(UTC)


def _application(name: str) -> Application:
    person = Named(PartyKind.PERSON, "Candidate", name.title())
    if name == "org":
        person = Named(PartyKind.ORGANISATION, "Atelier Vert", siren="732829320", representative="Paul Un")
    return Application(
        person, Reach(f"{name.replace(' ', '.')}@exemple.fr", town="Die"),
        craft="Vannière", category=Category.EXTERNAL, college="createurs", shares_wished=2, accepts_statutes=True,
    )  # fmt: skip


def routes(app: Flask, method: str) -> list[Rule]:
    """Every address that answers a method, but for the demonstration's own and for files."""
    rules = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    return [rule for rule in rules if not rule.endpoint.startswith(("demo.", "static"))]


def guard_of(app: Flask, rule: Rule) -> Any:
    """The permission that an address asks for, or that it is public."""
    return app.view_functions[rule.endpoint].guarded_by  # type: ignore[attr-defined]  # set by the guards


@contextmanager
def busy_evening(app: Flask, clock: Any) -> Iterator[Everything]:
    """That evening, on an application whose tables are empty."""
    kept = app.extensions["coopgov.runtime"]
    everything_wired(app, clock)
    with app.app_context():
        yield Everything(app, clock).begin()
        db.session.remove()
        db.engine.dispose()
    app.extensions["coopgov.runtime"] = kept
