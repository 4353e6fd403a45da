"""Who may read a document."""

from uuid import UUID

import pytest

from coopgov.core.policy import ANONYMOUS, Actor, Role
from coopgov.registers.rules import may_read

# Fixed, so that every test process names its cases alike.
ACCOUNT, MEMBER, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
ALICE = Actor("Alice", ACCOUNT, frozenset({Role.MEMBER}))


@pytest.mark.parametrize("owner", ["", str(ACCOUNT), f"account:{ACCOUNT}", f"member:{MEMBER}"])
def test_a_member_reads_her_papers_and_those_of_all(owner):
    assert may_read(owner, ALICE, MEMBER)


@pytest.mark.parametrize("owner", [str(OTHER), f"member:{OTHER}", "offices", "member:None", "None"])
def test_a_member_reads_nobody_elses_papers(owner):
    assert not may_read(owner, ALICE, MEMBER)
    assert not may_read(owner, ALICE, None)


@pytest.mark.parametrize("role", [Role.BOARD, Role.SECRETARY, Role.TREASURER, Role.AUDITOR])
def test_offices_read_every_paper(role):
    assert may_read(f"member:{OTHER}", Actor("Zoé", ACCOUNT, frozenset({role})), None)


def test_nobody_signed_in_reads_nothing():
    assert not may_read("", ANONYMOUS, None)
    assert not may_read("None", ANONYMOUS, None)
