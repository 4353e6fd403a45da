"""What a browser brings back is read quickly, and believed no sooner than by the libraries that wrote it first."""

from datetime import UTC, datetime

import pytest
from flask import session
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from coopgov.web.signing import KeptSigner

on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
SECRET = "a secret of tests that is long enough"
HELD = {"_user_id": "a-token", "_fresh": True, "language": "fr", "csrf_token": "f00d"}


def flasks_own(app):
    """What signs a session in Flask itself, key and form."""
    return SecureCookieSessionInterface().get_signing_serializer(app)


@on_sqlite
@pytest.mark.parametrize(
    "held",
    [
        HELD,
        {},
        {"_flashes": [("warning", "Né à Évreux")]},
        {"at": datetime(2026, 11, 29, tzinfo=UTC)},
        {"t": "x" * 5_000},
    ],
)
def test_sessions_are_written_and_read_as_flask_does(app, held):
    ours, theirs = app.session_interface.get_signing_serializer(app), flasks_own(app)
    assert ours.loads(theirs.dumps(held), max_age=60) == theirs.loads(ours.dumps(held), max_age=60) == held
    assert ours.loads(ours.dumps(held), max_age=60) == held


def test_a_long_session_is_compressed_and_a_short_one_is_not():
    signer = KeptSigner(SECRET)
    assert not signer.dumps("x" * 500).startswith(".")
    assert len(signer.dumps("x" * 5_000)) < 500


def test_nothing_is_read_that_was_changed_or_signed_elsewhere():
    signer = KeptSigner(SECRET, salt="one")
    good = signer.dumps(HELD)
    payload, stamp, signature = good.split(".")
    others = [KeptSigner("another secret", salt="one"), KeptSigner(SECRET, salt="another")]
    wrong = [
        "", ".", "..", "...", "é.é.é", payload, f"{payload}.{stamp}", f"{payload}.{stamp}.", f".{good}", f"{good}.", good[:-1],
        f"x{good}", f"{payload}..{signature}", f"{payload}.{stamp}x.{signature}", f"{good.swapcase()}", good.replace(".", ""),
        *(other.dumps(HELD) for other in others),
    ]  # fmt: skip
    assert signer.loads(good) == HELD
    for text in wrong:
        with pytest.raises(BadData):
            signer.loads(text)


@pytest.mark.parametrize("age", [61, -1])
def test_nothing_is_read_that_is_too_old_or_not_yet_written(monkeypatch, age):
    signer = KeptSigner(SECRET)
    told, now = signer.dumps(HELD), TimestampSigner(SECRET).get_timestamp()
    assert signer.loads(told, max_age=60) == HELD
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self: now + age)
    with pytest.raises(BadData):
        signer.loads(told, max_age=60)


def test_what_an_older_secret_signed_is_read_as_long_as_it_is_kept():
    old = URLSafeTimedSerializer("the old secret")
    assert KeptSigner(["the old secret", SECRET]).loads(old.dumps(HELD)) == HELD
    with pytest.raises(BadData):
        KeptSigner([SECRET]).loads(old.dumps(HELD))


@on_sqlite
@pytest.mark.parametrize(
    ("form", "cookie"),
    [
        ("coopgov=theirs; {}", "first"), ("other=1; {}; last=2", "ours"), ("{}", "ours"), ("x{}", "none"), ("", "none"),
        ("coopgov=", "none"), ("coopgov; {}", "first"), ('other="a; {}', "ours"),
    ],
)  # fmt: skip
def test_the_session_is_found_among_other_cookies(app, form, cookie):
    name = app.config["SESSION_COOKIE_NAME"]
    kept = f"{name}={flasks_own(app).dumps(HELD)}"
    with app.test_request_context(headers={"Cookie": form.format(kept).replace("coopgov", name)}):
        assert session.get("_user_id") == (HELD["_user_id"] if cookie == "ours" else None)


@on_sqlite
def test_a_form_passes_with_the_token_of_its_own_session_alone(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    signer = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token")
    browser = app.test_client()
    with browser.session_transaction() as held:
        held["csrf_token"] = "f00d"
    tokens = {
        signer.dumps("f00d"): 303, signer.dumps("beef"): 400, "f00d": 400, "": 400,
        URLSafeTimedSerializer("another", salt="wtf-csrf-token").dumps("f00d"): 400,
        flasks_own(app).dumps("f00d"): 400,
    }  # fmt: skip
    sent = {token: browser.post("/language", data={"language": "en", "csrf_token": token}) for token in tokens}
    assert {token: answer.status_code for token, answer in sent.items()} == tokens
    assert app.test_client().post("/language", data={"csrf_token": signer.dumps("f00d")}).status_code == 400


@on_sqlite
def test_who_is_shown_what_the_session_holds_is_told_so(app, client):
    with client.session_transaction() as held:
        held["language"] = "en"
    assert client.get("/").headers["Vary"] == "Cookie"
    with client.get("/static/css/coopgov.css") as style:
        assert "Cookie" not in style.headers.get("Vary", "")
