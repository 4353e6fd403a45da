"""Every route says who it is for."""

import pytest

from coopgov.core.policy import GRANTS, Permission
from coopgov.web.guard import PUBLIC

# Read by someone who asked himself the question for each: what a stranger may see.
FOR_EVERYBODY = {
    "accounts.sign_in", "accounts.link", "accounts.link_sent", "accounts.request_link", "accounts.password",
    "accounts.use_link", "accounts.check_password", "accounts.sign_out",
    "home.index", "home.set_language", "members.apply", "members.applied",
    "api.fees", "api.openapi", "terms_api.fees",
    # A calendar program cannot sign in: the secret of 256 bits in the address is the key, and no name is inside.
    "calendar.feed",
    # Who holds a share certificate may ask whether it still holds: no name is told, and wrong codes are counted.
    "registers.certificate",
    # The door of the voting site asks for a code.
    "vote.door", "vote.enter",
    # Both hold nothing but programs: whoever was given an archive counts it again.
    "ballots.recount", "ballots.recount_program",
}  # fmt: skip


@pytest.fixture
def views(apps):
    return {name: view for name, view in apps("sqlite").view_functions.items() if name != "static"}


def test_every_route_names_a_permission_or_says_public(views):
    unguarded = sorted(name for name, view in views.items() if getattr(view, "guarded_by", None) is None)
    assert unguarded == []


def test_what_is_public_was_thought_about(views):
    public = {name for name, view in views.items() if view.guarded_by == PUBLIC and not name.startswith("demo.")}
    assert public <= FOR_EVERYBODY


def test_every_permission_is_granted_to_some_office_and_used(views):
    used = {view.guarded_by for view in views.values()} - {PUBLIC}
    assert set(GRANTS) == set(Permission)
    assert all(GRANTS.values())
    assert used <= set(Permission)
