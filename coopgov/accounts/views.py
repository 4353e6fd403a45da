"""Pages to sign in, of one's own account, and of the offices."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopgov.accounts import login, queries, rules, service
from coopgov.accounts.forms import AccountForm, EndForm, LinkForm, MandateForm, NewPasswordForm, PasswordSignInForm
from coopgov.core.policy import Permission, Role
from coopgov.core.preflight import Check
from coopgov.web.acts import begin_act, now, reading, today
from coopgov.web.forms import BaseForm, refusals_on
from coopgov.web.guard import current_actor, public, requires
from coopgov.web.vote_site import on_vote_site

bp = Blueprint("accounts", __name__)

REFUSED, TOO_MANY = 422, 429


# Signing in


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Ask for the address a link is sent to."""
    next_path = rules.local_path(request.args.get("next", ""))
    if current_actor().is_signed_in:
        return redirect(next_path or "/", 303)
    return render_template("accounts/sign_in.html", form=LinkForm(data={"next": next_path}))


@bp.post("/sign-in")
@public
def request_link() -> ResponseReturnValue:
    """Send the link; the answer is the same whether the address is known or not."""
    form = LinkForm()
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.request_link(
                act, email=form.email.data or "", next_url=form.next.data or "", origin=request.remote_addr or ""
            )
            return redirect(url_for("accounts.link_sent"), 303)
    return render_template("accounts/sign_in.html", form=form), _status(form)


@bp.get("/sign-in/sent")
@public
def link_sent() -> ResponseReturnValue:
    """Say where to look for the link."""
    minutes = rules.LINK_LIFETIME.seconds // 60
    return render_template("accounts/link_sent.html", minutes=minutes)


@bp.get("/sign-in/link/<token>")
@public
def link(token: str) -> ResponseReturnValue:
    """Ask to confirm: mail scanners open links, only people press buttons."""
    found = queries.find_link(reading(), token, now())
    if found is None:
        return _link_refused()
    return render_template("accounts/link.html", link=found, token=token, form=BaseForm())


@bp.post("/sign-in/link/<token>")
@public
def use_link(token: str) -> ResponseReturnValue:
    """Use the link, once."""
    found, form = queries.find_link(reading(), token, now()), BaseForm()
    if found is not None:
        with refusals_on(form):
            with begin_act() as act:
                opened = service.use_link(act, token=token, device=_device())
                login.leave(act)
            login.enter(opened)
            return redirect(found.next_path or "/", 303)
    return _link_refused()


@bp.get("/sign-in/password")
@public
def password() -> ResponseReturnValue:
    """Ask for an address and a password."""
    next_path = rules.local_path(request.args.get("next", ""))
    return render_template("accounts/password.html", form=PasswordSignInForm(data={"next": next_path}))


@bp.post("/sign-in/password")
@public
def check_password() -> ResponseReturnValue:
    """Sign in with a password."""
    form = PasswordSignInForm()
    if form.validate():
        with refusals_on(form):
            opened = service.sign_in_with_password(
                begin_act, login.passwords(), email=form.email.data or "", password=form.password.data or "",
                origin=request.remote_addr or "", device=_device(),
            )  # fmt: skip
            with begin_act() as act:
                login.leave(act)
            login.enter(opened)
            return redirect(rules.local_path(form.next.data or "") or "/", 303)
    return render_template("accounts/password.html", form=form), _status(form)


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    with begin_act() as act:
        login.leave(act)
    login.forget()
    return redirect(url_for("vote.door" if on_vote_site() else "accounts.sign_in"), 303)


def _link_refused() -> ResponseReturnValue:
    form = LinkForm(formdata=None)
    form.breaches = (rules.link_spent(),)
    return render_template("accounts/sign_in.html", form=form), REFUSED


def _status(form: BaseForm) -> int:
    return TOO_MANY if any(breach.code in rules.THROTTLED for breach in form.breaches) else REFUSED


def _device() -> str:
    return rules.device(request.user_agent.string)


# One's own account


@bp.get("/me")
@requires(Permission.ACCOUNT_OWN)
def me() -> ResponseReturnValue:
    """The sessions and password of the person signed in."""
    return _show_me(NewPasswordForm())


@bp.post("/me/password")
@requires(Permission.ACCOUNT_OWN)
def set_password() -> ResponseReturnValue:
    """Choose a password; the other sessions end."""
    form, own = NewPasswordForm(), login.own_session()
    if form.validate():
        with refusals_on(form):
            _choose_password(own, form.current.data or "", form.password.data or "")
            flash(_("Your password is kept. Your other sessions were ended."), "success")
            return redirect(url_for("accounts.me"), 303)
    return _show_me(form), _status(form)


@bp.post("/me/sessions/<uuid:session_id>/end")
@requires(Permission.ACCOUNT_OWN)
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one of one's own sessions."""
    with begin_act() as act:
        service.end_session(act, account_id=login.current_account_id(), session_id=session_id)
    flash(_("This session is ended."), "success")
    return redirect(url_for("accounts.me"), 303)


@bp.post("/me/sign-out-everywhere")
@requires(Permission.ACCOUNT_OWN)
def sign_out_everywhere() -> ResponseReturnValue:
    """End all of one's own sessions, this one too."""
    with begin_act() as act:
        service.sign_out_everywhere(act, account_id=login.current_account_id())
    login.forget()
    flash(_("All your sessions are ended."), "success")
    return redirect(url_for("accounts.sign_in"), 303)


def _choose_password(own: login.SignedIn, current: str, chosen: str) -> None:
    account = queries.get_account(reading(), own.session.account_id)
    service.check_new_password(chosen, account)
    if _must_show_password(own, account):
        service.prove_password(
            begin_act, login.passwords(), email=account.email, password=current, origin=request.remote_addr or "",
            wrong=rules.current_password_wrong,
        )  # fmt: skip
    # No transaction stays open while a password is hashed: on SQLite it would hold up every writer.
    reading().rollback()
    hashed = login.passwords().make(chosen)
    with begin_act() as act:
        service.set_password(act, account_id=account.id, hashed=hashed, keep_token=own.token)


def _must_show_password(own: login.SignedIn, account: queries.AccountRow) -> bool:
    return account.has_password and not rules.is_fresh(own.session.how, own.session.created_at, now())


def _show_me(form: NewPasswordForm) -> str:
    own = login.own_session()
    account = queries.get_account(reading(), own.session.account_id)
    if not _must_show_password(own, account):
        del form.current
    sessions = queries.list_sessions(reading(), account.id, now())
    mandates = [m for m in queries.list_mandates(reading(), account.id) if m.holds_on(today())]
    return render_template(
        "accounts/me.html", form=form, account=account, sessions=sessions, here=own.session.id, mandates=mandates
    )


# Accounts and offices


@bp.get("/people")
@requires(Permission.ACCOUNTS_MANAGE)
def people() -> ResponseReturnValue:
    """Everybody who can sign in, found by the beginning of an address."""
    text, after = (request.args.get(name, "").replace("\0", "")[:254] for name in ("q", "after"))
    page = queries.list_people(reading(), today(), text=text, after=after)
    return render_template("accounts/people.html", page=page, text=text, after=after)


@bp.get("/people/new")
@requires(Permission.ACCOUNTS_MANAGE)
def new_person() -> ResponseReturnValue:
    """Ask for the address and name of somebody who will be able to sign in."""
    return render_template("accounts/new_person.html", form=AccountForm())


@bp.post("/people/new")
@requires(Permission.ACCOUNTS_MANAGE)
def create_person() -> ResponseReturnValue:
    """Make an account."""
    form = AccountForm()
    if form.validate():
        with refusals_on(form):
            with begin_act() as act:
                account_id = service.create_account(act, email=form.email.data or "", name=form.name.data or "")
            return redirect(url_for("accounts.person", account_id=account_id), 303)
    return render_template("accounts/new_person.html", form=form), REFUSED


@bp.get("/people/<uuid:account_id>")
@requires(Permission.ACCOUNTS_MANAGE)
def person(account_id: UUID) -> ResponseReturnValue:
    """One account and its offices."""
    return show_person(account_id)


@bp.get("/people/<uuid:account_id>/mandates/end")
@requires(Permission.ACCOUNTS_MANAGE)
def ask_end(account_id: UUID) -> ResponseReturnValue:
    """Ask for the last day of an office."""
    return _show_end(account_id, None)


@bp.post("/people/<uuid:account_id>/mandates/end")
@requires(Permission.ACCOUNTS_MANAGE)
def end_role(account_id: UUID) -> ResponseReturnValue:
    """End an office."""
    form = EndForm(_running_roles(account_id))
    if form.validate():
        with refusals_on(form), begin_act() as act:
            service.end_role(
                act, account_id=account_id, role=Role(form.role.data), last_day=_day(form.last_day.data),
                decision=form.decision.data or "", cause=form.cause_chosen, reason=form.reason.data or "",
            )  # fmt: skip
            return redirect(url_for("accounts.person", account_id=account_id), 303)
    return _show_end(account_id, form), REFUSED


def show_person(account_id: UUID, grant: MandateForm | None = None, checks: Sequence[Check] = ()) -> str:
    """The page of an account: its offices, and the form of a new one with what was refused of it."""
    account = queries.get_account(reading(), account_id)
    mandates = queries.list_mandates(reading(), account_id)
    return render_template(
        "accounts/person.html", account=account, mandates=mandates, today=today(), checks=checks,
        can_end=bool(_running_roles(account_id)), form=grant or MandateForm(data={"from_day": today()}),
    )  # fmt: skip


def _show_end(account_id: UUID, form: EndForm | None) -> str:
    account = queries.get_account(reading(), account_id)
    chosen = {"role": request.args.get("role"), "last_day": today()}
    form = form or EndForm(_running_roles(account_id), data=chosen)
    return render_template("accounts/end_mandate.html", account=account, form=form)


def _running_roles(account_id: UUID) -> list[Role]:
    mandates = queries.list_mandates(reading(), account_id)
    found = {mandate.role for mandate in mandates if mandate.last_day is None or mandate.last_day >= today()}
    return [role for role in rules.GIVEN_BY_HAND if role in found]


def _day(value: date | None) -> date:
    assert value is not None  # noqa: S101 - InputRequired has seen to it
    return value
