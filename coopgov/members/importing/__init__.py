"""Taking over a file of members, CSV or XLSX: read, checked line by line, written whole or not at all."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from coopgov.core.errors import Breach, RuleBroken
from coopgov.members.importing.checking import ImportReport, plan_import
from coopgov.members.importing.table import read_table
from coopgov.web.acts import begin_system_act
from coopgov.web.filters import sentence


@dataclass(frozen=True, slots=True)
class FileReport:
    """What a terminal is told of an import."""

    report: ImportReport | None
    refused: tuple[Breach, ...] = ()

    @property
    def ok(self) -> bool:
        """True when the file was, or could be, imported."""
        return self.report is not None and self.report.ok

    def lines(self) -> Iterator[str]:
        """The report, a line at a time."""
        yield from (sentence(breach) for breach in self.refused)
        if self.report is None:
            return
        told, faults = self.report, self.report.faults
        yield from (
            _("Line %(line)s, %(column)s: ", line=fault.line, column=fault.column) + sentence(fault.breach)
            for fault in faults
        )
        yield from (sentence(breach) for breach in told.warnings)
        yield _("Lines read: %(read)s. New: %(new)s. Already there: %(already)s. Faults: %(faults)s.",
                read=told.lines_read, new=told.new, already=told.already, faults=len(faults))  # fmt: skip
        yield _("Imported.") if told.done else _("Nothing was written.")


def import_file(file_name: str, data: bytes, *, for_real: bool) -> FileReport:
    """Check a file of members, and write it when asked to and nothing is wrong; never half of it."""
    from coopgov.members import service  # noqa: PLC0415 - service itself uses this package

    try:
        table = read_table(file_name, data)
        with begin_system_act() as act:
            found = service.plan(act, table=table).report()
            if for_real and found.ok:
                return FileReport(service.import_members(act, table=table))
        return FileReport(found)
    except RuleBroken as refusal:
        return FileReport(None, refusal.breaches)


__all__ = ["FileReport", "ImportReport", "import_file", "plan_import", "read_table"]
