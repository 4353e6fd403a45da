"""Copy the front-end assets and document fonts out of node_modules, with their checksums.

Run it after `npm ci --ignore-scripts`, and commit what it writes: a fresh machine needs no node.
"""

import hashlib
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
SCREEN = ROOT / "coopgov/static/vendor"
FONTS = ROOT / "coopgov/printing/fonts"
BROWSER_TESTS = ROOT / "tests/browser/vendor"

# Only what a page loads: our components need no Bootstrap script. The Latin cut of Inter is what French
# and English pages fetch; the full one is fetched when a name needs a letter outside of it.
COPIES = {
    SCREEN: {
        "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
        "bootstrap.LICENSE": "bootstrap/LICENSE",
        "htmx.min.js": "htmx.org/dist/htmx.min.js",
        "htmx.LICENSE": "htmx.org/LICENSE",
        "inter.woff2": "inter-ui/variable/InterVariable.woff2",
        "inter-latin.woff2": "inter-ui/variable-latin/InterVariable-subset.woff2",
        "inter-latin-italic.woff2": "inter-ui/variable-latin/InterVariable-Italic-subset.woff2",
        "inter.LICENSE": "inter-ui/LICENSE.txt",
    },
    FONTS: {
        "SourceSans3-Regular.ttf": "source-sans/TTF/SourceSans3-Regular.ttf",
        "SourceSans3-It.ttf": "source-sans/TTF/SourceSans3-It.ttf",
        "SourceSans3-Semibold.ttf": "source-sans/TTF/SourceSans3-Semibold.ttf",
        "SourceSans3-Bold.ttf": "source-sans/TTF/SourceSans3-Bold.ttf",
        "SourceSans3.LICENSE": "source-sans/LICENSE.md",
        "SourceSerif4-Regular.ttf": "source-serif/TTF/SourceSerif4-Regular.ttf",
        "SourceSerif4-It.ttf": "source-serif/TTF/SourceSerif4-It.ttf",
        "SourceSerif4-Semibold.ttf": "source-serif/TTF/SourceSerif4-Semibold.ttf",
        "SourceSerif4-Bold.ttf": "source-serif/TTF/SourceSerif4-Bold.ttf",
        "SourceSerif4.LICENSE": "source-serif/LICENSE.md",
    },
    BROWSER_TESTS: {
        "axe.min.js": "axe-core/axe.min.js",
        "axe.LICENSE": "axe-core/LICENSE",
    },
}


def copy_into(folder: Path, files: dict[str, str]) -> None:
    """Copy the files and write `SHA256SUMS` beside them, in the form `sha256sum --check` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in files.items():
        shutil.copyfile(PACKAGES / source, folder / name)
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in sorted(files)]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="ascii")


def main() -> int:
    """Copy everything; say what is missing if `npm ci` was not run."""
    if not PACKAGES.is_dir():
        print("node_modules is missing: run `npm ci --ignore-scripts` first.", file=sys.stderr)
        return 1
    for folder, files in COPIES.items():
        copy_into(folder, files)
        print(f"{len(files):2} files in {folder.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
