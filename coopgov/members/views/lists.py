"""The list of members, searched and filtered."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from coopgov.core.policy import Permission
from coopgov.members import queries
from coopgov.members.forms import SearchForm, status_asked
from coopgov.members.labels import CATEGORY_LABELS, STATUS_KINDS, STATUS_LABELS
from coopgov.members.rules import Category, College, Status
from coopgov.members.views.blueprint import bp
from coopgov.printing.archive import Document, documents_to_cite
from coopgov.statutes import queries as statutes
from coopgov.web.acts import reading, today
from coopgov.web.guard import current_actor, requires

# The kind of papers in which decisions are found.
MINUTES = "minutes"
K = TypeVar("K")
_ASKED = frozenset({"q", "status", "category", "college"})


@bp.get("/members")
@requires(Permission.MEMBERS_LIST)
def index() -> ResponseReturnValue:
    """A page of members; those who hold no office see present members, their town and craft."""
    colleges = present_colleges()
    form = SearchForm(colleges, request.args)
    sees_more = current_actor().may(Permission.MEMBERS_SEE)
    status = status_asked(form) if sees_more else Status.MEMBER
    page = queries.list_members(
        reading(),
        text=(form.q.data or "")[:100],
        status=status,
        category=_category(form) if sees_more else None,
        college=_college(form, colleges),
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    return render_template(
        "members/index.html", form=form, page=page, status=status, sees_more=sees_more, colleges=colleges,
        college_labels={college.code: college.label for college in colleges}, status_labels=_translated(STATUS_LABELS),
        status_kinds=STATUS_KINDS, category_labels=_translated(CATEGORY_LABELS), next_url=_turn("after", page.next_key),
        previous_url=_turn("before", page.prev_key),
    )  # fmt: skip


def present_colleges() -> list[College]:
    """The colleges of the statutes of today."""
    found = statutes.find_statutes_on(reading(), today())
    return [College(college.code, college.label) for college in found.colleges] if found else []


def papers_to_cite(member_id: UUID) -> list[Document]:
    """The papers that an act about a member may cite: those about her, and the latest minutes."""
    return documents_to_cite(reading(), f"member:{member_id}", kind=MINUTES)


def _translated(labels: Mapping[K, Any]) -> dict[K, str]:
    """These labels in the language of the page, once for all the lines that bear them."""
    return {key: str(label) for key, label in labels.items()}


def _category(form: SearchForm) -> Category | None:
    asked = form.category.data
    return Category(asked) if asked in set(Category) else None


def _college(form: SearchForm, colleges: list[College]) -> str | None:
    asked = form.college.data
    return asked if asked in {college.code for college in colleges} else None


def _turn(key: str, value: str | None) -> str | None:
    kept: dict[str, Any] = {name: text for name, text in request.args.items() if name in _ASKED}
    return url_for("members.index", **{**kept, key: value}) if value else None
