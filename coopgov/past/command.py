"""Taking over a past from a terminal: what is read, what is wrong, and the seal."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask_babel import gettext as _

from coopgov.core.errors import Breach, RuleBroken, refuse_if
from coopgov.core.i18n import N_
from coopgov.past import service
from coopgov.past.columns import SheetMap, check_map, from_json
from coopgov.past.examining import Tell
from coopgov.past.report import Fault, Report, Summary
from coopgov.past.rules.found import Weight
from coopgov.past.scratch import opened
from coopgov.printing.sheets import Column, Kind, write_csv
from coopgov.web.acts import begin_system_act, reading, rulebook, today
from coopgov.web.filters import money, sentence

SHOWN = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command was asked: how to read the files, why the past may stand, where the sandbox goes."""

    files: Sequence[Path]
    sandbox: Path
    mapping: Path | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    faults: Path | None = None


@contextmanager
def past_of(asked: Asked) -> Iterator[service.Past]:
    """The files open, with their mapping; raises RuleBroken when they cannot be read."""
    with ExitStack() as stack:
        past = service.guess_past({path.name: stack.enter_context(path.open("rb")) for path in asked.files})
        if asked.mapping is not None:
            past = service.Past(past.files, tuple(_mapping(asked.mapping)))
        refuse_if(check_map(past.maps))
        yield past


def _mapping(path: Path) -> Iterator[SheetMap]:
    try:
        yield from [from_json(told) for told in json.loads(path.read_text("utf-8"))]
    except (ValueError, KeyError, TypeError):
        sentence_ = N_("%(file)s is no mapping. Let --print-mapping write one, and correct it.")
        raise RuleBroken([Breach("bad_mapping", sentence_, {"file": path.name})]) from None


def mapping_lines(asked: Asked) -> str:
    """The mapping that the headings suggest, ready to be corrected."""
    with past_of(asked) as past:
        return json.dumps([sheet.as_json() for sheet in past.maps], ensure_ascii=False, indent=1)


def try_past(asked: Asked, say: Callable[[str], None], tell: Tell) -> bool:
    """Read the files into the sandbox and say all that is wrong; True when nothing must be corrected."""
    with past_of(asked) as past:
        summary = service.look(reading(), rulebook(), today(), past, asked.sandbox, tell)
        with opened(asked.sandbox) as scratch:
            report = Report(scratch, past.all_maps())
            for line in report_lines(report, summary):
                say(line)
            if asked.faults is not None:
                asked.faults.write_text("".join(faults_csv(report)), "utf-8")
    return summary.is_fine


def seal_past(asked: Asked, say: Callable[[str], None], tell: Tell) -> bool:
    """Write the files into the books, whole or not at all; raises RuleBroken."""
    with past_of(asked) as past, begin_system_act() as act:
        numbers = service.seal(act, past=past, reasons=asked.reasons, path=asked.sandbox, tell=tell)
    say(
        _(
            "Sealed: %(members)s members, movements of shares %(share_from)s to %(share_until)s, of "
            "money %(capital_from)s "
            "to %(capital_until)s.",
            members=numbers.members, share_from=numbers.share_from, share_until=numbers.share_until,
            capital_from=numbers.capital_from, capital_until=numbers.capital_until,
        )
    )  # fmt: skip
    return True


def report_lines(report: Report, summary: Summary) -> Iterator[str]:
    """What was found, grouped, and what would be."""
    for weight, title in WEIGHT_LABELS.items():
        for group in report.groups(weight):
            yield f"{_(title)} – {group.code} : {group.count}"
            yield from (f"  {_place(fault)} : {sentence(fault.breach)}" for fault in group.examples[:SHOWN])
    for row in report.years():
        yield _(
            "%(year)s: %(shares)s shares, capital %(capital)s, paid up %(paid)s.",
            year=row.year,
            shares=row.shares,
            capital=money(row.capital),
            paid=money(row.paid),
        )
    for account in report.balance():
        if account.ours is not None:
            yield _(
                "Account %(account)s: balance %(told)s, books %(ours)s.",
                account=account.account,
                told=money(account.told),
                ours=money(account.ours),
            )
    yield _(
        "Members: %(members)s. Events: %(events)s. Movements: %(movements)s. Faults: %(faults)s. Remarks: %(doubts)s.",
        members=summary.members, events=summary.events, movements=summary.movements,
        faults=summary.faults + summary.consequences, doubts=summary.doubts,
    )  # fmt: skip


def _place(fault: Fault) -> str:
    return str(_("%(sheet)s, line %(line)s, %(heading)s", sheet=fault.sheet, line=fault.line, heading=fault.heading))


WEIGHT_LABELS = {
    Weight.FAULT: N_("To correct"),
    Weight.CONSEQUENCE: N_("Follows from it"),
    Weight.DOUBT: N_("To accept with a reason"),
}


def faults_csv(report: Report) -> Iterator[str]:
    """Everything that was found, as a file to work through."""
    columns = [
        Column(_("Sheet")), Column(_("Line"), Kind.NUMBER), Column(_("Column")), Column(_("Weight")), Column(_("Code")),
        Column(_("What is wrong and what to do")),
    ]  # fmt: skip
    rows = (
        (
            fault.sheet,
            fault.line,
            fault.heading,
            _(WEIGHT_LABELS[fault.weight]),
            fault.breach.code,
            sentence(fault.breach),
        )
        for fault in report.found()
    )
    return write_csv(columns, rows)


def read_reasons(texts: Sequence[str]) -> dict[str, str]:
    """CODE=reason, as the options give them; raises ValueError on anything else."""
    pairs = [text.partition("=") for text in texts]
    if any(not code or not reason.strip() for code, _equals, reason in pairs):
        raise ValueError(texts)
    return {code.strip(): reason.strip() for code, _equals, reason in pairs}
