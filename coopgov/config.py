"""Settings, read once from `COOPGOV_*` variables; nonsense is refused at the start."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
MIN_SECRET = 32


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable of the environment: its name, what it is by default, what it does."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("COOPGOV_DATABASE_URL", "sqlite file in the data folder", "Database: `sqlite:///…` or `postgresql://…`."),
    Setting("COOPGOV_DATA_DIR", "var", "Folder of archived documents, of the embedded file and of the secret."),
    Setting("COOPGOV_SECRET_KEY", "none", "Signs cookies and links; at least 32 characters. The demonstration makes its own."),
    Setting("COOPGOV_DEMO", "0", "1 for the demonstration: characters to sign in as, a mailbox page, a clock to move."),
    Setting("COOPGOV_BASE_URL", "http://localhost and the port", "Public address, written in mails; https outside the demonstration."),
    Setting("COOPGOV_HOSTS", "the host of the base address", "Host names that are answered, separated by commas."),
    Setting("COOPGOV_VOTE_HOST", "none", "Host name that is for votes and nothing else, with a session of its own; voters enter by a code."),
    Setting("COOPGOV_BIND", "127.0.0.1:8000", "Address and port `coopgov serve` listens on."),
    Setting("COOPGOV_PROXIES", "0", "Reverse proxies in front that write `X-Forwarded-For` and `-Proto`; 0 believes nobody."),
    Setting("COOPGOV_MAIL_URL", "mailbox: in the demonstration, else none", "`smtp://user:password@host:587`, `smtps://…`; `mailbox:` only in the demonstration."),
    Setting("COOPGOV_MAIL_FROM", "coopgov@localhost", "Sender of mails."),
    Setting("COOPGOV_WEB_WORKERS", "2", "Web processes on PostgreSQL; SQLite always has one."),
    Setting("COOPGOV_WEB_THREADS", "4", "Threads of each web process. A vote of thousands is faster with 8; pages are not."),
)  # fmt: skip


class BadSetting(Exception):
    """Indicate that coopgov cannot start with this setting; the message says which and what to write."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything coopgov is told from outside, checked."""

    database_url: str
    data_dir: Path
    secret_key: str
    demo: bool
    base_url: str
    hosts: tuple[str, ...]
    bind: str
    mail_url: str
    mail_from: str
    web_workers: int
    web_threads: int
    proxies: int = 0
    vote_host: str = ""

    @property
    def vote_url(self) -> str:
        """The address of the voting site; empty where votes are cast on the site itself."""
        if not self.vote_host:
            return ""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{self.vote_host}" + (f":{parts.port}" if parts.port else "")

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def secure_cookies(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def documents_dir(self) -> Path:
        return self.data_dir / "documents"


def read_config(environ: Mapping[str, str] | None = None) -> Config:
    """Read and check the settings; raises BadSetting with the sentence to show."""
    env = os.environ if environ is None else environ
    _refuse_unknown(env)
    demo = _flag(env, "COOPGOV_DEMO")
    data_dir = Path(env.get("COOPGOV_DATA_DIR") or ROOT / "var").absolute()
    bind = _bind(env)
    base_url = env.get("COOPGOV_BASE_URL", f"http://localhost:{bind.rsplit(':', 1)[1]}").rstrip("/")
    return Config(
        database_url=_database_url(env, data_dir),
        data_dir=data_dir,
        secret_key=_secret(env, data_dir, demo=demo),
        demo=demo,
        base_url=_checked_base_url(base_url, demo=demo),
        hosts=_hosts(env, base_url),
        bind=bind,
        mail_url=_mail_url(env, demo=demo),
        mail_from=env.get("COOPGOV_MAIL_FROM", "coopgov@localhost"),
        web_workers=_count(env, "COOPGOV_WEB_WORKERS", 2),
        web_threads=_count(env, "COOPGOV_WEB_THREADS", 4),
        proxies=_count(env, "COOPGOV_PROXIES", 0, least=0),
        vote_host=_vote_host(env, base_url),
    )


def _refuse_unknown(env: Mapping[str, str]) -> None:
    known = {setting.name for setting in SETTINGS}
    for name in env:
        if name.startswith("COOPGOV_") and name not in known:
            raise BadSetting(f"{name}: ce réglage n'existe pas. Voir docs/operations.md.")


def _flag(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "0")
    if value not in {"0", "1"}:
        raise BadSetting(f"{name}: écrire 0 ou 1, pas « {value} ».")
    return value == "1"


def _count(env: Mapping[str, str], name: str, default: int, *, least: int = 1) -> int:
    value = env.get(name, str(default))
    if not value.isdecimal() or int(value) < least:
        raise BadSetting(f"{name}: écrire un nombre entier à partir de {least}, pas « {value} ».")
    return int(value)


def _bind(env: Mapping[str, str]) -> str:
    bind = env.get("COOPGOV_BIND", "127.0.0.1:8000")
    host, _, port = bind.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise BadSetting(f"COOPGOV_BIND: écrire une adresse et un port, par exemple 127.0.0.1:8000, pas « {bind} ».")
    return bind


def _database_url(env: Mapping[str, str], data_dir: Path) -> str:
    url = env.get("COOPGOV_DATABASE_URL") or f"sqlite:///{data_dir / 'coopgov.sqlite3'}"
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise BadSetting("COOPGOV_DATABASE_URL: écrire sqlite:///… ou postgresql://… .")
    return url


def _secret(env: Mapping[str, str], data_dir: Path, *, demo: bool) -> str:
    secret = env.get("COOPGOV_SECRET_KEY", "")
    if not secret and demo:
        return _demo_secret(data_dir)
    if len(secret) < MIN_SECRET or len(set(secret)) < MIN_SECRET // 4:
        raise BadSetting(
            "COOPGOV_SECRET_KEY: il faut un secret d'au moins 32 caractères tirés au hasard, "
            'par exemple celui que donne : python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return secret


def _demo_secret(data_dir: Path) -> str:
    path = data_dir / "secret"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def _checked_base_url(url: str, *, demo: bool) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadSetting("COOPGOV_BASE_URL: écrire une adresse complète, par exemple https://coop.example.")
    if parts.scheme == "http" and not demo:
        raise BadSetting("COOPGOV_BASE_URL: hors démonstration, l'adresse doit commencer par https://.")
    return url


def _hosts(env: Mapping[str, str], base_url: str) -> tuple[str, ...]:
    told = [host.strip() for host in env.get("COOPGOV_HOSTS", "").split(",") if host.strip()]
    own = urlsplit(base_url).hostname or "localhost"
    local = ["localhost", "127.0.0.1"] if own == "localhost" else []
    vote = _vote_host(env, base_url)
    return tuple(dict.fromkeys([own, *local, *told, *([vote] if vote else [])]))


def _vote_host(env: Mapping[str, str], base_url: str) -> str:
    host = env.get("COOPGOV_VOTE_HOST", "").strip().lower()
    if host and not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", host):
        raise BadSetting(
            f"COOPGOV_VOTE_HOST: écrire un nom d'hôte seul, par exemple vote.coop.example, pas « {host} »."
        )
    if host and host == urlsplit(base_url).hostname:
        raise BadSetting("COOPGOV_VOTE_HOST: le site de vote a un autre nom que l'adresse publique.")
    return host


def _mail_url(env: Mapping[str, str], *, demo: bool) -> str:
    url = env.get("COOPGOV_MAIL_URL") or ("mailbox:" if demo else "")
    if not url.startswith(("smtp://", "smtps://", "mailbox:")):
        raise BadSetting("COOPGOV_MAIL_URL: écrire smtp://… ou smtps://… ; sans courriel, aucune convocation ne part.")
    if url.startswith("mailbox:") and not demo:
        raise BadSetting("COOPGOV_MAIL_URL: « mailbox: » n'existe que dans la démonstration.")
    return url
