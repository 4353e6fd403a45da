"""The demonstration cooperative, lived through the services: nothing here writes a table by itself."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from flask import Flask

from coopgov.accounts import queries as accounts
from coopgov.accounts import service as offices
from coopgov.assemblies import queries as assembly_queries
from coopgov.assemblies import service as assemblies
from coopgov.assemblies.rules import AssemblyKind
from coopgov.compliance import queries as compliance_queries
from coopgov.compliance import service as compliance
from coopgov.compliance.rules import FactKind
from coopgov.core.act import Act
from coopgov.core.dates import paris_instant
from coopgov.core.figures import LegalForm
from coopgov.core.money import Cents
from coopgov.demo.cast import CAST
from coopgov.demo.life import Life, born, live
from coopgov.demo.meeting import (
    HALL,
    adopt_by_show_of_hands,
    convene,
    hold,
    meet,
    propose,
    reasons,
    vote_from_home,
    wait_for_effect,
    write_minutes,
)
from coopgov.demo.people import Person as Somebody
from coopgov.demo.people import draw_people
from coopgov.demo.plan import Plan, Troupe
from coopgov.demo.rules import category_of
from coopgov.demo.service import keep_time, register_character
from coopgov.demo.stage import AFTERNOON, Stage, Tell, on_stage
from coopgov.law.rulebook import StatutesFigure
from coopgov.members import service as membership
from coopgov.members.rules import Application, Category, NewMember, PartyKind, Person, Reach
from coopgov.proposals import service as proposals
from coopgov.proposals.rules import Position
from coopgov.shares import service as shares
from coopgov.statutes import queries as statutes_queries
from coopgov.statutes import service as statutes
from coopgov.statutes.drafting import Edit
from coopgov.statutes.ready import ready_set
from coopgov.terms import service as terms
from coopgov.treasury import service as treasury
from coopgov.web.acts import reading

READY: Final = {"scop-sa": "scop-sa-cae", "scic-sa": "scic-sa", "loi47-sa": "loi47-sa"}
CREATORS, STAFF, EXTERNAL, CLIENTS = 240, 9, 4, 12
FOUNDED: Final = timedelta(days=1_100)
# Days from the annual assembly to the filing of its accounts, and from the cooperative review to that assembly.
FILING, REVIEWED = 25, 40
# How many days before the reference day each scene is played.
MISTAKE, DEBATE, CONVENED = 60, 20, 12
NEXT_WEEK: Final = timedelta(days=7)
FIRST_FEES: Final = {"commission.sales": 600, "listing.monthly": 500, "payment.fee": 120}


def is_empty() -> bool:
    """True when no cooperative has been founded in this database."""
    return statutes_queries.find_latest(reading()) is None


def fill(app: Flask, plan: Plan, tell: Tell) -> None:
    """Play the cooperative's three years, up to the eve of the plan's day."""
    tell("La coopérative de démonstration s'écrit, par les mêmes commandes que la vraie (une minute au plus)…")
    with on_stage(app, lambda _sentence: None, plan.today - FOUNDED) as stage:
        _play_until_today(stage, plan)


def _play_until_today(stage: Stage, plan: Plan) -> Troupe:
    troupe = _found(stage, plan)
    for scene in (
        _first_assembly, _change_of_statutes, _second_assembly, _tell_facts, _mistake, _live, _open_debate, _convene_next, _write_statutes,
    ):  # fmt: skip
        scene(troupe, plan)
    return troupe


def play_a_year(app: Flask, plan: Plan, tell: Tell) -> None:
    """Play the same cooperative, then a whole decision after it, telling each step."""
    with on_stage(app, tell, plan.today - FOUNDED) as stage:
        _hold_next(_play_until_today(stage, plan), plan)
        with stage.act() as act:
            keep_time(act)


def welcome(app: Flask, tell: Tell) -> None:
    """Print where the site is and who one can be."""
    url = app.extensions["coopgov.config"].base_url
    tell(f"\n  La coopérative est ouverte : {url}")
    tell("  Entrez comme l'un des personnages sur " + url + "/demo/ (sans mot de passe) :")
    for part in CAST:
        tell(f"    {part.name:<20} {part.label_fr}")
    tell("  Ctrl-C arrête tout ; les données restent.\n")


# The founding


def _found(stage: Stage, plan: Plan) -> Troupe:
    founded = plan.today - FOUNDED
    stage.at(founded)
    with stage.act() as act:
        text = replace(ready_set(READY[plan.form]), founded_on=founded)
        statutes.adopt_statutes(act, text=text, in_force_from=founded, decision="assemblée constitutive")
        terms.set_schedule(act, values=FIRST_FEES, effective_from=founded, decision="assemblée constitutive")
    stage.say(f"« {text.name} » est fondée ({statutes_queries.form_label(text.legal_form)}), commission de 6 %.")
    stage.at(plan.enrolled)
    troupe = _enrol_everybody(stage, plan, text.legal_form)
    _subscribe(troupe, plan)
    return troupe


def _enrol_everybody(stage: Stage, plan: Plan, form: LegalForm) -> Troupe:
    dice = random.Random(plan.seed)  # noqa: S311 - a play, not a secret
    drawn = draw_people(plan.seed, CREATORS + STAFF + EXTERNAL + CLIENTS)
    rows = [*_cast_members(plan, form), *_crowd(drawn, dice, plan, form)]
    with stage.act() as act:
        ids = membership.enrol_many(act, rows)
        by_key = {part.key: ids[n] for n, part in enumerate(p for p in CAST if p.is_member)}
        known = _give_offices(act, plan)
    stage.say(f"{len(rows)} associés sont inscrits au registre, chacun avec une voix.")
    return Troupe(stage, dice, known, by_key, ids)


def _cast_members(plan: Plan, form: LegalForm) -> Iterator[NewMember]:
    joined = plan.today - FOUNDED
    for part in CAST:
        if part.is_member:
            somebody = Somebody(
                part.given, part.family, part.email, part.craft, "4 rue des Ateliers", "26000", "Valence"
            )
            yield _new_member(
                somebody,
                joined,
                category_of(form, "createurs" if part.has_shop else "salaries"),
                _college(form, "createurs" if part.has_shop else "salaries"),
                part.has_shop,
            )


def _crowd(drawn: Sequence[Somebody], dice: random.Random, plan: Plan, form: LegalForm) -> Iterator[NewMember]:
    groups = [("createurs", CREATORS), ("salaries", STAFF), ("soutiens", EXTERNAL)]
    groups += [("clients", CLIENTS)] if form.is_scic else []
    people = iter(drawn)
    latest = (plan.today - plan.enrolled).days + 1
    for college, count in groups:
        for _ in range(count):
            joined = plan.today - timedelta(days=dice.randint(latest, FOUNDED.days))
            category = category_of(form, college)
            yield _new_member(next(people), joined, category, _college(form, college), college == "createurs", dice)


def _college(form: LegalForm, code: str) -> str:
    return code if form.is_scic else ""


def _new_member(
    who: Somebody, joined: date, category: Category, college: str, has_shop: bool, dice: random.Random | None = None  # noqa: FBT001 - a fact
) -> NewMember:  # fmt: skip
    consents = dice is None or dice.random() < 0.9
    return NewMember(
        person=Person(PartyKind.PERSON, who.family, who.given, birth_date=born(who.email, joined)),
        reach=Reach(who.email, "", (who.street,), who.postcode, who.town),
        joined_on=joined, category=category, craft=who.craft if has_shop else "", college=college, has_shop=has_shop,
        applied_on=joined, decision="admission", consent_on=joined if consents else None,
        consent_proof="formulaire d'adhésion" if consents else "",
    )  # fmt: skip


def _give_offices(act: Act, plan: Plan) -> dict[str, UUID]:
    known: dict[str, UUID] = {}
    for part in CAST:
        account = accounts.find_account_by_email(act.session, part.email)
        known[part.key] = account.id if account else offices.create_account(act, email=part.email, name=part.name)
        for role in part.roles:
            offices.grant_role(
                act, account_id=known[part.key], role=role, from_day=plan.today - FOUNDED, decision="assemblée constitutive"
            )  # fmt: skip
        register_character(act, part=part, account_id=known[part.key])
    return known


def _subscribe(troupe: Troupe, plan: Plan) -> None:
    day = plan.enrolled
    rows = [
        shares.Subscription(member, troupe.dice.choice((4, 5, 6, 8, 10, 12, 20)), day) for member in troupe.everyone
    ]
    with troupe.stage.act(troupe.actor("nadia")) as act:
        shares.subscribe_many(act, rows, resolution="assemblée constitutive")
        nominal = statutes_queries.statutes_on(act.session, day).share_nominal_cents
        treasury.pay_many(
            act, [treasury.Receipt(r.member_id, Cents(r.quantity * nominal), day, "virement") for r in rows]
        )  # fmt: skip
    troupe.stage.say("Chacun a souscrit et libéré ses parts.")


# Two past assemblies


def _first_assembly(troupe: Troupe, plan: Plan) -> None:
    held = plan.first_assembly
    fewer = propose(troupe, held - timedelta(days=45), "awa", "Une commission de 5,5 % au lieu de 6 %",
                     "Nos marges ont baissé avec le prix des matières. Un demi-point nous aide toutes et tous, et la "
                     "réserve de l'an dernier le permet.", {"commission.sales": 550})  # fmt: skip
    hold(troupe, held, [fewer], {fewer: 0.62}, "La discussion a porté sur la baisse de la commission et sur ses effets "
          "sur le budget de la plateforme. Plusieurs associés ont demandé un point d'étape à six mois.")  # fmt: skip


def _change_of_statutes(troupe: Troupe, plan: Plan) -> None:
    """An extraordinary assembly shortens the time for the minutes; the new statutes hold from the next day."""
    stage, held = troupe.stage, plan.second_assembly - timedelta(days=120)
    stage.at(held - timedelta(days=30))
    drafted = _draft_statutes(troupe, "Un procès-verbal en dix jours", "Quinze jours, c'est long quand on n'a pas pu "
                              "venir : les absents attendent le compte rendu.", "minutes.delay_days", 10)  # fmt: skip
    stage.at(held - timedelta(days=21))
    with stage.act(troupe.actor("malik")) as act:
        assembly = assemblies.plan(
            act, kind=AssemblyKind.EXTRAORDINARY, held_at=paris_instant(held, AFTERNOON), place=HALL, remote_vote=False
        )  # fmt: skip
        assemblies.add_statutes_item(act, assembly_id=assembly, draft_id=drafted)
        assemblies.convene(act, assembly_id=assembly, reasons=reasons(act, assembly))
    stage.night()
    stage.at(held, 14, 1)
    adopt_by_show_of_hands(troupe, assembly)
    write_minutes(troupe, assembly, held + timedelta(days=4), "Le délai de dix jours a fait l'unanimité ou presque.")
    stage.say("Les statuts modifiés sont en vigueur depuis le lendemain de l'assemblée.")


def _draft_statutes(troupe: Troupe, title: str, reasons: str, name: str, value: int) -> UUID:
    with troupe.stage.act(troupe.actor("malik")) as act:
        drafted = statutes.draft_statutes(act, title=title, reasons=reasons)
        clause = statutes_queries.get_draft(act.session, drafted).text.figures[name].clause
        edit = Edit(figures={name: StatutesFigure(value, clause)})
        statutes.revise_draft(act, draft_id=drafted, edit=edit)
    troupe.stage.say(f"Le conseil prépare une modification des statuts : « {title} ».")
    return drafted


def _second_assembly(troupe: Troupe, plan: Plan) -> None:
    held = plan.second_assembly
    five = propose(troupe, held - timedelta(days=50), "benoit", "Passer la commission à 5 %",
                    "Après un an à 5,5 %, les ventes ont progressé et les comptes sont à l'équilibre.",
                    {"commission.sales": 500})  # fmt: skip
    dearer = propose(troupe, held - timedelta(days=48), "malik", "Un abonnement de boutique à 8 €",
                      "Un abonnement plus élevé donnerait à l'équipe un revenu plus régulier.",
                      {"listing.monthly": 800})  # fmt: skip
    hold(troupe, held, [five, dearer], {five: 0.55, dearer: 0.38}, "Les deux propositions ont été longuement débattues : "
          "la première pour son coût, la seconde pour son poids sur les petites boutiques.")  # fmt: skip


# What is going on today


def _tell_facts(troupe: Troupe, plan: Plan) -> None:
    held = plan.second_assembly
    filed = held + timedelta(days=FILING)
    troupe.stage.at(filed)
    with troupe.stage.act(troupe.actor("nadia")) as act:
        [ended, *_earlier] = compliance_queries.year_ends(act.session, held)
        compliance.tell(
            act, kind=FactKind.ACCOUNTS_FILED, day=filed, year_end=ended, note="récépissé du greffe, en ligne"
        )  # fmt: skip
        reviewed = held - timedelta(days=REVIEWED)
        compliance.tell(act, kind=FactKind.REVISION, day=reviewed, note="rapport lu à l'assemblée")
    troupe.stage.say("Les comptes sont déposés au greffe et la révision coopérative est déclarée.")


def _mistake(troupe: Troupe, plan: Plan) -> None:
    day = plan.today - timedelta(days=MISTAKE)
    member = troupe.members["benoit"]
    troupe.stage.at(day)
    with troupe.stage.act(troupe.actor("nadia")) as act:
        seq = shares.subscribe(act, member_id=member, quantity=100, effective_on=day)
    with troupe.stage.act(troupe.actor("nadia")) as act:
        shares.reverse(act, seq=seq, effective_on=day, reason="saisie de 100 parts au lieu de 10")
        right = shares.subscribe(act, member_id=member, quantity=10, effective_on=day)
        treasury.pay(act, member_id=member, cents=Cents(10 * _nominal(day)), effective_on=day, reference="virement")
        shares.issue_bulletin(act, seq=right)
        treasury.issue_certificate(act, member_id=member, on=day)
    troupe.stage.say("Une souscription saisie par erreur est contre-passée : rien n'est effacé.")


def _live(troupe: Troupe, plan: Plan) -> None:
    crowd = [member for member in troupe.everyone if member not in set(troupe.members.values())]
    treasurer, board = (partial(troupe.actor, key) for key in ("nadia", "helene"))
    left = live(Life(troupe.stage, treasurer, board, crowd, plan.today, _nominal(plan.today)))
    troupe.everyone = [member for member in troupe.everyone if member not in left]


def _nominal(day: date) -> int:
    return statutes_queries.statutes_on(reading(), day).share_nominal_cents


def _open_debate(troupe: Troupe, plan: Plan) -> None:
    day = plan.today - timedelta(days=DEBATE)
    stage = troupe.stage
    proposal = propose(troupe, day, "awa", "Ramener la commission sur les ventes à 4,5 %",
                        "Nos ventes ont dépassé deux millions d'euros.\n\nAvec 4,5 %, une boutique qui vend 1 000 € par "
                        "mois garde 60 € de plus par an, et la plateforme reste à l'équilibre.",
                        {"commission.sales": 450})  # fmt: skip
    for key, position, text in (
        ("benoit", Position.FOR, "C'est le moment : les frais fixes sont couverts depuis le printemps."),
        (
            "nadia",
            Position.AGAINST,
            "La réserve pour la refonte du site n'est pas encore constituée ; attendons l'an prochain.",
        ),
        ("samir", Position.NEUTRAL, "Peut-on voir l'effet sur le budget de l'équipe avant de voter ?"),
    ):
        stage.pass_days(1)
        with stage.act(troupe.actor(key)) as act:
            proposals.comment(act, proposal_id=proposal, author_id=troupe.members[key], position=position, text=text)
    stage.say("Le débat sur une commission à 4,5 % est ouvert.")


def _convene_next(troupe: Troupe, plan: Plan) -> None:
    _apply(troupe, plan)
    cheaper = propose(troupe, plan.today - timedelta(days=CONVENED + 4), "benoit", "Un abonnement de boutique à 4 €",
                       "Un euro de moins par mois pour les boutiques qui débutent.", {"listing.monthly": 400})  # fmt: skip
    convene(troupe, plan.today - timedelta(days=CONVENED), plan.today + NEXT_WEEK, [cheaper], is_annual=False)


def _write_statutes(troupe: Troupe, plan: Plan) -> None:
    troupe.stage.at(plan.today - timedelta(days=2))
    _draft_statutes(troupe, "Vingt jours pour préparer l'assemblée", "Quinze jours sont courts pour lire les comptes et "
                    "en parler entre nous.", "assembly.notice_days.first", 20)  # fmt: skip


def _apply(troupe: Troupe, plan: Plan) -> None:
    stage = troupe.stage
    stage.at(plan.today - timedelta(days=DEBATE - 5))
    newcomer = draw_people(plan.seed + 1, 1)[0]
    with stage.act() as act:
        form = statutes_queries.statutes_on(act.session, act.today).legal_form
        membership.apply(act, application=Application(
            person=Person(PartyKind.PERSON, newcomer.family, newcomer.given),
            reach=Reach(newcomer.email, "", (newcomer.street,), newcomer.postcode, newcomer.town),
            craft=newcomer.craft, category=category_of(form, "createurs"), college=_college(form, "createurs"), shares_wished=4,
            has_shop=True, consents_to_email=True, accepts_statutes=True,
        ))  # fmt: skip
    stage.say(f"{newcomer.name} présente sa candidature.")


def _hold_next(troupe: Troupe, plan: Plan) -> None:
    held = plan.today + NEXT_WEEK
    [assembly] = [row.id for row in assembly_queries.list_assemblies(reading(), to_come=True).rows]
    vote_from_home(troupe, assembly, held - timedelta(days=3), {})
    meet(troupe, assembly, held, {})
    write_minutes(troupe, assembly, held + timedelta(days=2), "La discussion a été brève et cordiale.")
    wait_for_effect(troupe, held)
