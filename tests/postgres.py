"""A PostgreSQL of our own, run by an unprivileged user in a temporary folder, for tests and benches."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# What docs/operations.md asks for a large cooperative; the defaults are those of a very small machine.
LARGE = "-c shared_buffers=1GB -c max_wal_size=4GB -c checkpoint_timeout=15min -c random_page_cost=1.1"


@contextmanager
def serve_postgres(*, durable: bool = False, keep: Path | None = None) -> Iterator[str]:
    """Start it, give its address with `{name}` for the database, stop it; PostgreSQL refuses to run as root.

    A `durable` one is set as a large cooperative's should be.

    Its data goes away with it, unless it is told a folder to keep it in: the next one finds it there.
    """
    folder = keep or Path(tempfile.mkdtemp(prefix="coopgov-pg-"))
    run, data, programs = _as_unprivileged(folder), folder / "data", _programs()
    if not data.exists():
        run([programs / "initdb", "-D", data, "-U", "coopgov", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"])
    kept = f"-c fsync=on {LARGE}" if durable else "-c fsync=off"
    options = f"-c unix_socket_directories={folder} -c listen_addresses= {kept} -c max_connections=80"
    run([programs / "pg_ctl", "-D", data, "-o", options, "-w", "-l", folder / "log", "start"])
    try:
        yield f"postgresql://coopgov@/{{name}}?host={folder}"
    finally:
        run([programs / "pg_ctl", "-D", data, "-m", "fast" if keep else "immediate", "stop"])
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    assert found or on_path, "PostgreSQL is missing: `make setup` installs it"
    return found[-1].parent if found else Path(str(on_path)).resolve().parent


def _as_unprivileged(folder: Path) -> Callable[[list[Any]], None]:
    prefix: list[str] = []
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        prefix = ["runuser", "-u", "postgres", "--"]
    folder.chmod(0o700)

    def run(command: list[Any]) -> None:
        # Files, not pipes: the server keeps its parent's output open and a pipe would never end.
        with tempfile.TemporaryFile("w+") as told:
            done = subprocess.run([*prefix, *map(str, command)], stdout=told, stderr=told, cwd=folder, check=False)
            told.seek(0)
            assert done.returncode == 0, told.read()

    return run
