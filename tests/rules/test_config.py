"""Settings that make no sense, or are left to their default where that is dangerous, stop the start."""

import re
from pathlib import Path

import pytest

from coopgov.config import ROOT, SETTINGS, BadSetting, read_config

REAL = {
    "COOPGOV_SECRET_KEY": "v7Zr2bq9XwK4mTf1Ls8NcYd5HgJp3RaE",
    "COOPGOV_BASE_URL": "https://coop.example",
    "COOPGOV_MAIL_URL": "smtp://mail.example:587",
}


def test_a_real_installation_starts_with_its_three_settings():
    config = read_config(REAL)
    assert config.secure_cookies
    assert config.hosts == ("coop.example",)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COOPGOV_SECRET_KEY", ""),
        ("COOPGOV_SECRET_KEY", "short"),
        ("COOPGOV_SECRET_KEY", "a" * 40),
        ("COOPGOV_BASE_URL", "http://coop.example"),
        ("COOPGOV_BASE_URL", "coop.example"),
        ("COOPGOV_MAIL_URL", ""),
        ("COOPGOV_MAIL_URL", "mailbox:"),
        ("COOPGOV_DEMO", "yes"),
        ("COOPGOV_DATABASE_URL", "mysql://x"),
        ("COOPGOV_WEB_THREADS", "0"),
        ("COOPGOV_PROXIES", "-1"),
        ("COOPGOV_BIND", "8000"),
        ("COOPGOV_BIND", "127.0.0.1:99999"),
        ("COOPGOV_BASE_URL", "http://["),
        ("COOPGOV_VOTE_HOST", "https://vote.coop.example"),
        ("COOPGOV_VOTE_HOST", "coop.example"),
        ("COOPGOV_TYPO", "1"),
    ],
)
def test_nonsense_is_refused_by_name(name, value):
    with pytest.raises(BadSetting, match=name):
        read_config({**REAL, name: value})


def test_votes_may_have_a_host_name_of_their_own():
    assert read_config(REAL).vote_url == ""
    told = read_config({**REAL, "COOPGOV_VOTE_HOST": "vote.coop.example"})
    assert (told.vote_url, "vote.coop.example" in told.hosts) == ("https://vote.coop.example", True)


def test_the_demonstration_makes_its_own_secret_once_and_keeps_it_to_itself(tmp_path: Path):
    env = {"COOPGOV_DEMO": "1", "COOPGOV_DATA_DIR": str(tmp_path)}
    first, second = read_config(env), read_config(env)
    assert first.secret_key == second.secret_key
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_the_table_of_settings_in_the_documentation_is_the_code_s():
    page = (ROOT / "docs" / "operations.md").read_text()
    rows = dict(re.findall(r"^\| `(COOPGOV_\w+)` \| ([^|]*) \|", page, re.MULTILINE))
    assert {name: default.strip() for name, default in rows.items()} == {s.name: s.default for s in SETTINGS}
