"""Importing files of members into the database: whole or not at all, once or many times."""

from datetime import date

import pytest

from coopgov.accounts import queries as accounts
from coopgov.core.errors import RuleBroken
from coopgov.core.policy import Role
from coopgov.members import queries, service
from coopgov.members.importing import import_file, read_table
from coopgov.members.rules import Category, NewMember, PartyKind, Person
from coopgov.statutes import service as statutes
from coopgov.statutes.ready import ready_set
from tests.service.counting import statements

TODAY = date(2026, 11, 24)
HEADINGS = "Numéro;Nom;Prénom;E-mail;Ville;Catégorie;Date d’admission;Accord e-mail;Date de l’accord;Boutique\n"


def line(number, *, name="Arnaud", email=None, category="salariée"):
    email = f"m{number}@exemple.fr" if email is None else email
    return f"{number};{name};Clémence;{email};Valence;{category};15/03/2024;oui;15/03/2024;oui\n"


@pytest.fixture(autouse=True)
def _statutes(act):
    with act() as a:
        statutes.adopt_statutes(a, text=ready_set("scop-sa-cae"), in_force_from=date(2021, 1, 1), decision="AG")


def run(act, text):
    with act() as a:
        return service.import_members(a, table=read_table("f.csv", text.encode()))


def planned(act, text):
    with act() as a:
        return service.plan(a, table=read_table("f.csv", text.encode())).report()


def codes(report):
    return [(fault.line, fault.breach.code) for fault in report.faults]


def test_an_imported_member_votes_signs_in_and_is_convened_by_email(act, session):
    report = run(act, HEADINGS + line(12))
    assert (report.new, report.already, report.done) == (1, 0, True)
    [row] = queries.list_members(session, text="12").rows
    assert row.has_shop
    assert Role.MEMBER in accounts.roles_on(session, row.account_id, TODAY)
    assert [voter.number for voter in queries.voters_on(session, date(2024, 3, 15))] == [12]
    assert queries.voters_on(session, date(2024, 3, 14)) == []
    [recipient] = queries.recipients(session, TODAY, consent_before=TODAY)
    assert recipient.consented


def test_the_same_file_again_adds_nothing(act):
    text = HEADINGS + line(1) + line(2)
    assert run(act, text).new == 2
    again = run(act, text + line(3))
    assert (again.new, again.already) == (1, 2)


def test_the_same_number_with_something_else_is_told_column_by_column(act):
    run(act, HEADINGS + line(1))
    report = planned(act, HEADINGS + line(1, name="Bernard", category="extérieur"))
    assert [(fault.column, fault.breach.code) for fault in report.faults] == [
        ("Nom", "number_taken"), ("Catégorie", "number_taken"),
    ]  # fmt: skip


def test_numbers_and_addresses_are_used_once(act):
    run(act, HEADINGS + line(1))
    text = HEADINGS + line(2) + line(2) + line(3, email="M2@exemple.fr") + line(4, email="m1@exemple.fr")
    assert codes(planned(act, text)) == [
        (3, "number_twice"), (3, "email_twice"), (4, "email_twice"), (5, "email_of_another_member"),
    ]  # fmt: skip


def test_one_fault_and_nothing_is_written(act, session):
    with pytest.raises(RuleBroken, match="import_faults"):
        run(act, HEADINGS + line(1) + line(2, category="martien"))
    assert queries.list_members(session).rows == ()


def test_what_the_law_would_say_is_told_but_the_past_is_taken_over(act):
    text = HEADINGS + line(1, category="extérieur") + line(2)
    assert [breach.code for breach in planned(act, text).warnings] == ["too_many_external_votes"]
    assert run(act, text).new == 2


def test_numbers_given_later_begin_after_those_imported(act, session):
    run(act, HEADINGS + line(500))
    newcomer = NewMember(Person(PartyKind.PERSON, "Blanc"), joined_on=TODAY, category=Category.EMPLOYED)
    with act() as a:
        member_id = service.enrol(a, member=newcomer)
    assert queries.get_member(session, member_id).number == 501


def test_the_command_line_says_what_it_would_do_then_does_it(act, session):
    text = (HEADINGS + line(7)).encode()
    looked = import_file("f.csv", text, for_real=False)
    assert looked.ok
    assert list(looked.lines())[-1] == "Rien n’a été écrit."
    assert queries.list_members(session).rows == ()
    session.rollback()
    assert list(import_file("f.csv", text, for_real=True).lines())[-1] == "Importé."
    bad = import_file("f.csv", (HEADINGS + line(8, category="x")).encode(), for_real=True)
    assert not bad.ok
    assert next(iter(bad.lines())).startswith("Ligne 2, Catégorie")
    assert not import_file("f.csv", b"", for_real=True).ok


def test_a_long_file_takes_far_fewer_statements_than_lines(act, session):
    text = HEADINGS + "".join(line(number) for number in range(1, 1001))
    with statements() as sent:
        assert run(act, text).new == 1000
    assert len(sent) < 100
    assert queries.count_voters(session, TODAY) == 1000
