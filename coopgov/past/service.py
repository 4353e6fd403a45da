"""The commands on a past: keep its files, say how they are read, read them into the sandbox, seal."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from coopgov.core import judgements
from coopgov.core.act import Act
from coopgov.core.canonical import canonical_json
from coopgov.core.errors import Breach, NotFound, RuleBroken, refuse_if
from coopgov.core.figures import Figures
from coopgov.core.i18n import N_
from coopgov.core.ids import new_id
from coopgov.core.judgements import Point
from coopgov.members.events import MemberLeft
from coopgov.members.service.writing import take_turn
from coopgov.past.columns import SheetMap, check_map, from_json, guess
from coopgov.past.examining import Coop, Progress, Sheets, Tell, coop_of, examine
from coopgov.past.made import ABOUT, Made, as_of_now, made_for, note_made
from coopgov.past.models import PastBatch, PastFile, PastSeal
from coopgov.past.reading import Source, guess_sheets
from coopgov.past.report import Report, Summary, typed_balance
from coopgov.past.rules.found import Weight
from coopgov.past.rules.kinds import SheetKind
from coopgov.past.rules.states import BatchState, check_sealable
from coopgov.past.scratch import Scratch, making
from coopgov.past.writing import Departed, Numbers, Taken, write_past
from coopgov.shares import past as share_past
from coopgov.shares import queries as share_queries
from coopgov.shares.rules import BookName
from coopgov.web import filters

TYPED_BALANCE = "balance-saisie.csv"
MOST_FILES = 8
# Files up to this size are read and written while the page waits; larger ones are the worker's.
AT_ONCE = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Past:
    """A past as it was sent: its files, how they are read, the balance that was typed."""

    files: Mapping[str, BinaryIO]
    maps: tuple[SheetMap, ...]
    balance: str = ""

    def sheets(self) -> Sheets:
        """Its sheets with their files; what was typed of a balance is one more."""
        sources = {name: Source(name, data) for name, data in self.files.items()}
        maps = list(self.maps)
        if self.balance.strip():
            sources[TYPED_BALANCE] = Source(TYPED_BALANCE, io.BytesIO(typed_balance(self.balance)))
            maps.append(guess(TYPED_BALANCE, "", ("Compte", "Solde")))
        return Sheets(sources, maps)

    def all_maps(self) -> list[SheetMap]:
        """How every sheet is read, that of the typed balance too."""
        return list(self.sheets().maps)

    def sha256(self) -> str:
        """The hash of the files: the same past is known again, however its columns are named."""
        return hashlib.sha256(b"".join(sorted(_digest(data) for data in self.files.values()))).hexdigest()


def _digest(data: BinaryIO) -> bytes:
    data.seek(0)
    found = hashlib.sha256()
    while block := data.read(1 << 20):
        found.update(block)
    data.seek(0)
    return found.digest()


def guess_past(files: Mapping[str, BinaryIO]) -> Past:
    """Files of a past, read as their headings suggest; raises RuleBroken when one cannot be read."""
    return Past(files, tuple(guess_sheets([Source(name, data) for name, data in files.items()])))


def look(session: Session, figures: Figures, today: date, past: Past, path: Path, tell: Tell) -> Summary:
    """Read a past into a sandbox; nothing else is written (*essai à blanc*)."""
    sheets = past.sheets()
    with making(path) as scratch:
        examine(scratch, sheets, coop_of(session, figures, today), session, tell)
        note_made(scratch, _made_for(session, past, today))
        return Report(scratch, list(sheets.maps)).summary()


def keep(act: Act, *, files: Sequence[tuple[str, bytes]]) -> UUID:
    """Keep files of a past that somebody sent, with the mapping that was last corrected for such headings."""
    refuse_if(_check_files(files))
    past = guess_past({name: io.BytesIO(content) for name, content in files})
    known = _remembered(act.session)
    maps = [_as_before(sheet, known) for sheet in past.maps]
    if all(sheet.kind is SheetKind.IGNORED for sheet in maps):
        sentence = N_("No heading of these files is known. Name the columns as the model files do.")
        refuse_if([Breach("nothing_known", sentence, field="files")])
    batch = PastBatch(
        id=new_id(), state=BatchState.SENT, sha256=past.sha256(), mapping=_told(maps), balance="", reasons="{}",
        summary="{}", uploaded_at=act.now, uploaded_by=act.actor.account_id,
    )  # fmt: skip
    act.session.add(batch)
    act.session.flush()  # the files below name it
    for name, content in files:
        sha256 = hashlib.sha256(content).hexdigest()
        act.session.add(PastFile(batch_id=batch.id, name=name, sha256=sha256, size=len(content), content=content))
    act.record("past.kept", _name(batch.id), {"files": [name for name, _content in files], "sha256": batch.sha256})
    return batch.id


def set_mapping(act: Act, *, batch_id: UUID, maps: Sequence[SheetMap], balance: str, waits: bool = True) -> None:
    """Say how the sheets are read, and what the trial balance says; it is read anew, at once or by the worker."""
    batch = _open(act, batch_id)
    refuse_if(check_map(maps))
    batch.mapping, batch.balance = _told(maps), balance.strip()
    # What is read at once must never wait: the worker would read it at the same time.
    batch.state = BatchState.WAITING if waits else BatchState.SENT
    act.record("past.mapped", _name(batch_id), {"sheets": len(maps)})


def note_examined(act: Act, *, batch_id: UUID, summary: Summary) -> None:
    """Note that a past was read, and what was found in a few figures."""
    batch = _open(act, batch_id)
    batch.state = BatchState.EXAMINED
    batch.summary = json.dumps(
        {
            "members": summary.members, "movements": summary.movements, "faults": summary.faults + summary.consequences,
            "doubts": summary.doubts,
        }
    )  # fmt: skip
    act.record("past.examined", _name(batch_id), {"faults": summary.faults, "doubts": summary.doubts})


def note_failed(act: Act, *, batch_id: UUID, refused: Sequence[Breach]) -> None:
    """Note that a past could not be read or written, and why."""
    batch = _open(act, batch_id)
    batch.state = BatchState.FAILED
    batch.summary = json.dumps({"refused": [filters.sentence(breach) for breach in refused]})
    act.record("past.failed", _name(batch_id), {"refused": [breach.code for breach in refused]})


def ask_to_seal(act: Act, *, batch_id: UUID, reasons: Mapping[str, str], faults: int, doubts: list[str]) -> None:
    """Let the worker write a large past, once every remark is accepted with a reason."""
    batch = _open(act, batch_id)
    refuse_if(check_sealable(faults, doubts, dict(reasons)))
    batch.reasons, batch.state = json.dumps(dict(reasons)), BatchState.SEALING
    asked_by = str(act.actor.account_id) if act.actor.account_id else ""
    batch.summary = json.dumps({**json.loads(batch.summary), "asked_by": asked_by})
    act.record("past.seal_asked", _name(batch_id), {"doubts": len(doubts)})


def discard(act: Act, *, batch_id: UUID) -> None:
    """Throw a past away that is not sealed."""
    batch = _open(act, batch_id)
    batch.state = BatchState.DISCARDED
    _forget(act, batch_id)
    act.record("past.discarded", _name(batch_id), {"sha256": batch.sha256})


def seal_batch(act: Act, *, batch_id: UUID, reasons: Mapping[str, str], path: Path, tell: Tell) -> Numbers:
    """Write a kept past into the books, whole or not at all; its files are thrown away, its report stays."""
    batch = _open(act, batch_id)
    past = past_of(act.session, batch_id)
    numbers = seal(act, past=past, reasons=reasons, path=path, tell=tell, seal_id=batch_id)
    batch.state, batch.reasons = BatchState.SEALED, json.dumps(dict(reasons))
    _forget(act, batch_id)
    return numbers


def seal(
    act: Act, *, past: Past, reasons: Mapping[str, str], path: Path, tell: Tell, seal_id: UUID | None = None
) -> Numbers:
    """Write a past as it is read as of now into the books in this one act, all or nothing."""
    take_turn(act.session)
    sheets, coop = past.sheets(), coop_of(act.session, act.rulebook, act.today)
    made = _made_for(act.session, past, act.today)
    with as_of_now(
        path, made, lambda new: examine(new, sheets, coop, act.session, lambda done, all_: tell(done, 3 * all_))
    ) as scratch:
        report = Report(scratch, list(sheets.maps))
        points = _accepted(act.session, past, report, reasons)
        refuse_if(_check_two_persons(act, scratch))
        ready = Coop(
            act.rulebook, act.today, coop.colleges, coop.nominals, share_past.ready_classes(act), coop.closed_through,
            coop.heads, reasons.get("movement_without_decision", "").strip(),
        )  # fmt: skip
        taken = _write(act, scratch, sheets, ready, tell)
        _keep_seal(act, seal_id or new_id(), past, reasons, report, taken.numbers, points)
        _tell_departed(act, taken.departed)
    return taken.numbers


def _made_for(session: Session, past: Past, today: date) -> Made:
    return made_for(session, today, files=past.sha256(), read=[_told(past.maps), past.balance])


def _write(act: Act, scratch: Scratch, sheets: Sheets, coop: Coop, tell: Tell) -> Taken:
    try:
        movements = int(scratch.fact("movements"))
        progress = Progress(lambda done, total: tell(total + 2 * done, 3 * total), movements)
        taken = write_past(act, scratch, sheets, coop, progress)
    except DBAPIError as refusal:
        # The database has the last word; what it says names no person.
        sentence = N_(
            "The books refuse this past (%(why)s). Nothing was written. Look at the sandbox, correct "
            "the file, and send it again."
        )
        why = str(refusal.orig).splitlines()[0][:200]
        raise RuleBroken([Breach("books_refuse", sentence, {"why": why})]) from None
    if [taken.capital, taken.shares, taken.totals] != [scratch.fact(name) for name in ("capital", "shares", "totals")]:
        sentence = N_("What was written is not what the sandbox says. Nothing was kept: let these files be read again.")
        raise RuleBroken([Breach("sandbox_differs", sentence)])
    return taken


def _accepted(session: Session, past: Past, report: Report, reasons: Mapping[str, str]) -> list[Point]:
    """The remarks with the reason each is accepted for; raises RuleBroken when the past may not be sealed."""
    summary, groups = report.summary(), report.groups(Weight.DOUBT)
    known = session.scalar(select(PastSeal.id).where(PastSeal.sha256 == past.sha256()))
    breaches = check_sealable(
        summary.faults + summary.consequences, [group.code for group in groups], dict(reasons)
    )  # fmt: skip
    if known is not None:
        breaches.append(
            Breach("sealed_already", N_("These files are in the books already. A past is taken over once."))
        )
    elif not summary.new and not summary.movements:
        breaches.append(Breach("nothing_new", N_("There is nothing in these files that is not in the books already.")))
    refuse_if(breaches)
    return [
        Point(group.code, str(group.examples[0].breach), f"{group.count} × : {reasons[group.code].strip()}"[:500])
        for group in groups
    ]


def _check_two_persons(act: Act, scratch: Scratch) -> list[Breach]:
    kinds = {
        BookName.SHARE: scratch.rows("SELECT DISTINCT shares FROM movement WHERE shares IS NOT NULL"),
        BookName.CAPITAL: scratch.rows("SELECT DISTINCT money FROM movement WHERE money IS NOT NULL"),
    }
    if not any(
        share_queries.needs_two(act.session, book, kind, act.today) for book, rows in kinds.items() for (kind,) in rows
    ):  # fmt: skip
        return []
    sentence = N_(
        "Two persons are needed for a kind of movement of this past. Take it over first, and ask for "
        "two persons from a later day."
    )
    return [Breach("two_persons_asked", sentence)]


def _keep_seal(
    act: Act,
    seal_id: UUID,
    past: Past,
    reasons: Mapping[str, str],
    report: Report,
    numbers: Numbers,
    points: list[Point],
) -> None:
    facts = canonical_json(report.facts()).decode()
    row = PastSeal(
        id=seal_id,
        sha256=past.sha256(),
        files=json.dumps({name: _digest(data).hex() for name, data in past.files.items()}),
        mapping=_told(past.maps),
        reasons=json.dumps(dict(reasons)),
        report=facts,
        report_sha256=hashlib.sha256(facts.encode()).hexdigest(),
        members=numbers.members,
        share_from=numbers.share_from,
        share_until=numbers.share_until,
        capital_from=numbers.capital_from,
        capital_until=numbers.capital_until,
        sealed_at=act.now,
        sealed_by=act.actor.pseudonym,
    )
    act.keep(row)
    judgements.keep(act, _name(seal_id), points)
    told = {
        "sha256": row.sha256,
        "report_sha256": row.report_sha256,
        "members": numbers.members,
        "shares": [numbers.share_from, numbers.share_until],
        "capital": [numbers.capital_from, numbers.capital_until],
    }
    act.record("past.sealed", _name(seal_id), told)
    act.record("shares.taken_over", "share-book", {"last": numbers.share_until})
    act.record("treasury.taken_over", "capital-book", {"last": numbers.capital_until})


def _tell_departed(act: Act, departed: Sequence[Departed]) -> None:
    """Those who have left and hold shares still wait to be paid back: the features above are told."""
    for one in departed:
        act.publish(MemberLeft(one.member_id, one.on, one.by))


def past_of(session: Session, batch_id: UUID) -> Past:
    """A kept past, ready to be read; raises NotFound once its files are thrown away."""
    batch = session.get(PastBatch, batch_id)
    files = session.scalars(select(PastFile).where(PastFile.batch_id == batch_id).order_by(PastFile.name)).all()
    if batch is None or any(file.content is None for file in files):
        raise NotFound
    maps = tuple(from_json(told) for told in json.loads(batch.mapping))
    return Past({file.name: io.BytesIO(file.content or b"") for file in files}, maps, batch.balance)


def _open(act: Act, batch_id: UUID) -> PastBatch:
    batch = act.session.get(PastBatch, batch_id, with_for_update=True)
    if batch is None:
        raise NotFound
    if batch.state in {BatchState.SEALED, BatchState.DISCARDED}:
        refuse_if([Breach("past_closed", N_("This past is sealed or thrown away: nothing can be changed."))])
    return batch


def _forget(act: Act, batch_id: UUID) -> None:
    for file in act.session.scalars(select(PastFile).where(PastFile.batch_id == batch_id)):
        file.content = None


def _check_files(files: Sequence[tuple[str, bytes]]) -> list[Breach]:
    names = [name for name, _content in files]
    if not files:
        return [Breach("no_files", N_("Choose at least one file."), field="files")]
    if len(files) > MOST_FILES:
        sentence = N_("Send at most %(most)s files.")
        return [Breach("too_many_files", sentence, {"most": MOST_FILES}, field="files")]
    if len(set(names)) < len(names):
        return [Breach("same_names", N_("Two files have the same name. Rename one."), field="files")]
    return []


def _remembered(session: Session) -> dict[tuple[str, ...], SheetMap]:
    """Every mapping that was last looked at by a person, by its headings."""
    told = session.scalars(
        select(PastBatch.mapping).where(PastBatch.state != BatchState.SENT).order_by(PastBatch.uploaded_at)
    )
    return {sheet.headings: sheet for mapping in told for sheet in map(from_json, json.loads(mapping))}


def _as_before(sheet: SheetMap, known: Mapping[tuple[str, ...], SheetMap]) -> SheetMap:
    before = known.get(sheet.headings)
    if before is None:
        return sheet
    return SheetMap(sheet.file, sheet.sheet, sheet.headings, before.kind, before.columns, before.day_order)


def _told(maps: Sequence[SheetMap]) -> str:
    return json.dumps([sheet.as_json() for sheet in maps], ensure_ascii=False)


def _name(batch_id: UUID) -> str:
    return f"{ABOUT}:{batch_id}"
