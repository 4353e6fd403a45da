"""Reading and writing kept pasts: small ones while the page waits, large ones by the worker."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import UUID

from flask_babel import force_locale

from coopgov.core.act import Act, open_act
from coopgov.core.errors import Breach, RuleBroken
from coopgov.core.i18n import N_
from coopgov.core.policy import SYSTEM, Actor
from coopgov.past import queries, service
from coopgov.past.queries import BatchRow
from coopgov.past.rules.states import BatchState
from coopgov.web.acts import begin_system_act, reading, rulebook, runtime, today

log = logging.getLogger("coopgov.past")


def sandbox_of(data_dir: Path, batch_id: UUID) -> Path:
    """Where the sandbox of a past stands."""
    return data_dir / "past" / f"{batch_id}.sqlite3"


def examine_batch(batch_id: UUID, data_dir: Path, begin: Callable[[], AbstractContextManager[Act]]) -> None:
    """Read a kept past into its sandbox, and note what was found."""
    try:
        past = service.past_of(reading(), batch_id)
        summary = service.look(
            reading(), rulebook(), today(), past, sandbox_of(data_dir, batch_id), _teller(data_dir, batch_id)
        )
    except RuleBroken as refusal:
        with begin() as act:
            service.note_failed(act, batch_id=batch_id, refused=refusal.breaches)
        return
    with begin() as act:
        service.note_examined(act, batch_id=batch_id, summary=summary)


def work(data_dir: Path) -> None:
    """Read and write what waits, one after the other."""
    # What is refused is kept as a sentence, and nobody's language is known here.
    with force_locale("fr"):
        _work(data_dir)


def _work(data_dir: Path) -> None:
    for batch in queries.batches_at_work(reading()):
        try:
            if batch.state is BatchState.WAITING:
                examine_batch(batch.id, data_dir, begin_system_act)
            else:
                _seal(batch, data_dir)
        except Exception as error:
            # One past that cannot be read must not keep back those behind it.
            log.error("past %s: %s", batch.id, type(error).__name__)  # noqa: TRY400 - values may be personal
            with begin_system_act() as act:
                service.note_failed(act, batch_id=batch.id, refused=[_unreadable()])


def _seal(batch: BatchRow, data_dir: Path) -> None:
    asked_by = batch.summary.get("asked_by", "")
    # The worker's hand, the treasurer's word: the books name who asked.
    actor = Actor(name="", account_id=UUID(asked_by)) if asked_by else SYSTEM
    try:
        with open_act(runtime(), actor) as act:
            service.seal_batch(
                act, batch_id=batch.id, reasons=batch.reasons, path=sandbox_of(data_dir, batch.id),
                tell=_teller(data_dir, batch.id),
            )  # fmt: skip
    except RuleBroken as refusal:
        with open_act(runtime(), actor) as act:
            service.note_failed(act, batch_id=batch.id, refused=refusal.breaches)


def progress_of(data_dir: Path, batch_id: UUID) -> tuple[int, int]:
    """How far the worker is with a past, and of how much."""
    try:
        done, total = _progress_file(data_dir, batch_id).read_text("ascii").split()
        return int(done), int(total)
    except (OSError, ValueError):
        return 0, 1


def _progress_file(data_dir: Path, batch_id: UUID) -> Path:
    return sandbox_of(data_dir, batch_id).with_suffix(".progress")


def _teller(data_dir: Path, batch_id: UUID) -> Callable[[int, int], None]:
    path = _progress_file(data_dir, batch_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    last = -1

    def tell(done: int, total: int) -> None:
        nonlocal last
        percent = 100 * done // max(total, 1)
        if percent != last:
            last = percent
            path.write_text(f"{done} {max(total, 1)}", "ascii")

    return tell


def _unreadable() -> Breach:
    return Breach(
        "unexpected",
        N_(
            "Something unexpected stands in these files. Nothing was written. Send them in another "
            "form, or ask for help."
        ),
    )
