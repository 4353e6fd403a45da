"""Merge every feature's French catalogue into the one that is read at run time."""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parent.parent / "coopgov" / "translations" / "fr"


def merge(folder: Path) -> Catalog:
    """One catalogue of all; a sentence translated in two ways stops the build."""
    whole = Catalog(locale="fr")
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="fr", abort_invalid=True):
                _add(whole, message, path)
    return whole


def _add(whole: Catalog, message: object, path: Path) -> None:
    if not message.id:  # type: ignore[attr-defined]  # babel's Message, untyped before 2.18
        return
    known = whole.get(message.id)  # type: ignore[attr-defined]
    if known is not None and known.string != message.string:  # type: ignore[attr-defined]
        sys.exit(f"{path.name}: {message.id!r} is translated in two ways")  # type: ignore[attr-defined]
    whole.add(message.id, message.string, flags=message.flags)  # type: ignore[attr-defined]


def main() -> None:
    """Write messages.mo."""
    target = FOLDER / "LC_MESSAGES" / "messages.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    whole = merge(FOLDER)  # first, so that a fault leaves the file that works
    with target.open("wb") as file:
        write_mo(file, whole)


if __name__ == "__main__":
    main()
