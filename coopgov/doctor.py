"""What is missing on this machine, for what, and the line that mends it."""

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from coopgov.config import ROOT, Config

APT = "sudo apt-get install -y {packages}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is in order, else what to do."""

    what: str
    ok: bool
    remedy: str = ""


def examine(config: Config) -> list[Finding]:
    """Look at everything coopgov needs, and at what tests need beside it."""
    return [*_pdf(), *_writable(config), _database(config), _proxies(config), _translations(), *_for_tests()]


def _pdf() -> Iterator[Finding]:
    apt = APT.format(packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0")
    yield Finding("PDF : WeasyPrint et Pango", _imports("weasyprint"), f"Le site marche, mais sans PDF. {apt}")
    fonts = ROOT / "coopgov" / "printing" / "fonts"
    yield Finding(
        "PDF : polices des documents", any(fonts.glob("*.[ot]tf")), f"Le dossier {fonts} est vide : reprenez le dépôt."
    )


def _imports(module: str) -> bool:
    # An import is the only honest test: the package may be there and its system libraries not.
    with suppress(ImportError, OSError):
        __import__(module)
        return True
    return False


def _writable(config: Config) -> Iterator[Finding]:
    for folder in (config.data_dir, config.documents_dir):
        yield Finding(
            f"Dossier accessible en écriture : {folder}",
            _can_write(folder),
            f"Créez-le et donnez-en les droits : mkdir -p {folder}",
        )


def _can_write(folder: Path) -> bool:
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return existing.is_dir() and os.access(existing, os.W_OK)


def _database(config: Config) -> Finding:
    if not config.is_sqlite:
        return _postgresql(config.database_url)
    folder = Path(config.database_url.removeprefix("sqlite:///")).absolute().parent
    return Finding(
        f"Base de données SQLite dans {folder}", _can_write(folder), "Créez ce dossier et donnez-en les droits."
    )


def _postgresql(url: str) -> Finding:
    from sqlalchemy import create_engine  # noqa: PLC0415 - only where the database is a server
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - the same

    engine = create_engine(url)
    try:
        engine.connect().close()
    except SQLAlchemyError:
        return Finding("Base de données PostgreSQL", False, "Elle ne répond pas : vérifiez COOPGOV_DATABASE_URL.")
    finally:
        engine.dispose()
    return Finding("Base de données PostgreSQL", True)


def _proxies(config: Config) -> Finding:
    # A public address over https is served through a proxy: coopgov itself speaks no TLS.
    remedy = "Donnez COOPGOV_PROXIES=1 (voir docs/operations.md) : sans cela tous semblent venir du mandataire."
    return Finding(
        "Adresse des visiteurs derrière le mandataire", not config.secure_cookies or config.proxies > 0, remedy
    )


def _translations() -> Finding:
    compiled = ROOT / "coopgov" / "translations" / "fr" / "LC_MESSAGES" / "messages.mo"
    return Finding("Textes français", compiled.exists(), "Lancez : make translations")


def _for_tests() -> Iterator[Finding]:
    tools: tuple[tuple[str, Callable[[], bool], str], ...] = (
        ("PostgreSQL (serveur)", _has_postgresql, "postgresql"),
        ("Chromium", lambda: shutil.which("chromium-headless-shell") is not None, "chromium-headless-shell"),
        ("poppler (pdftotext)", lambda: shutil.which("pdftotext") is not None, "poppler-utils"),
    )
    for name, there, package in tools:
        yield Finding(f"Tests : {name}", there(), APT.format(packages=package))
    yield Finding("Tests : bibliothèques", importlib.util.find_spec("pytest") is not None, "Lancez : make setup")


def _has_postgresql() -> bool:
    return bool(list(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb"))
