"""Write the draft of the next migration: what differs between the models and the migrations there are.

`.venv/bin/python tools/draft_migration.py 0008 "what changes"`; a person reads the draft, completes and tests it.
"""

import os
import sys
import tempfile

import flask_migrate


def main(revision: str, message: str) -> None:
    """Migrate a scratch database to the newest version, and compare it with the models."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"COOPGOV_DEMO": "1", "COOPGOV_DATA_DIR": scratch}
        from coopgov.app import create_app  # noqa: PLC0415 - reads the environment set above
        from coopgov.core.db import db  # noqa: PLC0415 - the same
        from coopgov.migrating import MIGRATIONS, upgrade  # noqa: PLC0415 - the same

        app = create_app()
        with app.app_context():
            flask_migrate.Migrate(app, db, directory=str(MIGRATIONS))
            upgrade()
            flask_migrate.revision(directory=str(MIGRATIONS), message=message, autogenerate=True, rev_id=revision)


if __name__ == "__main__":
    main(*sys.argv[1:3])
