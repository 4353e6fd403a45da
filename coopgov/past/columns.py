"""The columns of each sheet, the headings they go by, and the mapping that is guessed, corrected and remembered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coopgov.core.errors import Breach
from coopgov.core.i18n import N_
from coopgov.members.importing.columns import COLUMNS as MEMBER_COLUMNS
from coopgov.members.importing.columns import Column
from coopgov.members.rules import fold
from coopgov.past.rules.headings import plain_heading
from coopgov.past.rules.kinds import SheetKind
from coopgov.past.rules.values import DayOrder

# What the older register says is left today; the books must say the same.
HELD, PAID, REPAYABLE = "held", "paid", "repayable"

_MEMBERS = (
    *MEMBER_COLUMNS,
    Column(
        "left_on",
        "Date de sortie",
        "",
        N_("Day of departure, where there is no sheet of events."),
        ("sortie", "sorti le", "date de départ", "départ", "left on", "date left"),
    ),
    Column(
        HELD,
        "Parts détenues",
        "10",
        N_("Shares held at the end, by the older register: compared with the movements."),
        ("parts", "nombre de parts", "nb parts", "solde parts", "shares", "shares held"),
    ),
    Column(
        PAID,
        "Capital libéré",
        "1 000,00",
        N_("Capital paid up at the end, by the older register: compared."),
        ("capital versé", "libéré", "capital", "solde capital", "paid up", "paid up capital"),
    ),
    Column(
        REPAYABLE,
        "À rembourser",
        "",
        N_("Still to be paid back at the end, by the older register: compared."),
        ("reste à rembourser", "dû à l associé", "reste dû", "capital à rembourser", "to reimburse", "repayable"),
    ),
)
_EVENTS = (
    Column(
        "member",
        "Numéro",
        "12",
        N_("The member’s number."),
        (
            "n",
            "no",
            "associé",
            "numéro d’associé",
            "numéro de sociétaire",
            "sociétaire",
            "member",
            "member number",
            "number",
        ),
        needed=True,
    ),
    Column(
        "kind",
        "Événement",
        "admission",
        N_("Candidature, admission, démission, exclusion, décès, changement de collège…"),
        ("type", "nature", "event", "kind"),
        needed=True,
    ),
    Column(
        "day", "Date", "15/03/2024", N_("Its day."), ("date d effet", "le", "jour", "day", "effective on"), needed=True
    ),
    Column(
        "decision",
        "Décision",
        "AGO du 15 mars 2024",
        N_("The decision: body, day, resolution."),
        ("resolution", "decision"),
        most=300,
    ),
    Column(
        "decided_by",
        "Organe",
        "",
        N_("The body that decided (ordinary_assembly, board…)."),
        ("décidé par", "decided by", "body"),
    ),
    Column("reason", "Motif", "", N_("The reason."), ("raison", "reason"), most=500),
    Column("category", "Catégorie", "", N_("Salarié or extérieur, from this event on."), ("statut", "category")),
    Column("college", "Collège", "", N_("The college, from this event on."), ("college",)),
    Column(
        "status",
        "Situation après",
        "",
        N_("What the member is after it, where it is not the usual."),
        ("status after", "status"),
    ),
    Column("number", "Numéro d’événement", "", N_("So that another event can name it."), ("id", "event number")),
    Column("reverses", "Annule", "", N_("For a reversal: the number of the event it undoes."), ("reverses", "undoes")),
)
_MOVEMENTS = (
    Column(
        "day",
        "Date",
        "15/03/2024",
        N_("Its legal day."),
        (
            "date d effet",
            "date d opération",
            "date opération",
            "date du mouvement",
            "le",
            "jour",
            "day",
            "effective on",
        ),
        needed=True,
    ),
    Column(
        "kind",
        "Mouvement",
        "souscription",
        N_(
            "Souscription, versement, appel, cession, succession, annulation (of shares), "
            "remboursement (of money), reprise, contre-passation…"
        ),
        ("type", "nature", "opération", "sens", "movement", "kind", "operation"),
        needed=True,
        most=60,
    ),
    Column(
        "member",
        "Numéro",
        "12",
        N_("The member’s number."),
        (
            "n",
            "no",
            "associé",
            "numéro d’associé",
            "numéro de sociétaire",
            "sociétaire",
            "cédant",
            "member",
            "member number",
        ),
        needed=True,
    ),
    Column(
        "quantity",
        "Parts",
        "10",
        N_("Number of shares, without a sign."),
        ("nombre", "nombre de parts", "quantité", "nb", "nb parts", "quantity", "shares"),
    ),
    Column(
        "unit",
        "Valeur de la part",
        "100,00",
        N_("Price of one share; the nominal of the day when it is empty."),
        ("prix", "prix unitaire", "valeur unitaire", "nominal", "unit price", "price"),
    ),
    Column(
        "amount",
        "Montant",
        "1 000,00",
        N_("Euros, without a sign; for shares it must be their number times their price."),
        ("euros", "somme", "total", "valeur", "amount"),
    ),
    Column(
        "part",
        "Dont appelé",
        "",
        N_(
            "For a subscription: the part called at once; for a holding taken over: the part paid. "
            "All, when it is empty."
        ),
        ("dont libéré", "dont versé", "appelé", "called", "of which called", "of which paid"),
    ),
    Column(
        "other",
        "Autre associé",
        "",
        N_("For a transfer: who receives."),
        (
            "contrepartie",
            "cessionnaire",
            "au profit de",
            "acquéreur",
            "bénéficiaire",
            "héritier",
            "counterpart",
            "to member",
            "receiver",
        ),
    ),
    Column(
        "reference",
        "Référence",
        "virement 123",
        N_("Reference, remark."),
        ("libellé", "pièce", "remarque", "note", "reference", "label", "memo"),
        most=300,
    ),
    Column(
        "decision",
        "Décision",
        "CA du 3 mai 2024",
        N_("The decision, where the law asks for one."),
        ("resolution", "decision"),
        most=200,
    ),
    Column(
        "cause",
        "Cause",
        "",
        N_("Exit or reduction; told from the member’s situation when it is empty."),
        ("motif", "cause", "reason"),
        most=40,
    ),
    Column(
        "class",
        "Catégorie de parts",
        "",
        N_("Only where there are several classes: its code."),
        ("classe", "class", "share class"),
        most=40,
    ),
    Column(
        "acquired",
        "Acquises le",
        "",
        N_("For a holding taken over: since when the shares are held."),
        ("date d acquisition", "acquired on"),
    ),
    Column(
        "number",
        "Numéro de mouvement",
        "",
        N_("So that another line can name it."),
        ("id", "no mouvement", "movement number"),
    ),
    Column(
        "reverses",
        "Annule",
        "",
        N_("For a reversal: the number of the movement it undoes."),
        ("contre passe", "reverses", "undoes"),
    ),
    Column(
        "beside",
        "Avec",
        "",
        N_("The number of the movement of shares that this money belongs to."),
        ("lié à", "beside", "with"),
    ),
    Column(
        "lots",
        "Lots",
        "",
        N_("Which lots, as our own export writes them; the oldest first when it is empty."),
        ("lots",),
        most=4000,
    ),
    Column(
        "accounts",
        "Comptes",
        "",
        N_("Which accounts, as our own export writes them; told from the kind when it is empty."),
        ("accounts", "buckets"),
        most=4000,
    ),
)
_BALANCE = (
    Column(
        "account",
        "Compte",
        "1013",
        N_("Number of the account."),
        ("numéro de compte", "no compte", "account"),
        needed=True,
    ),
    Column(
        "label",
        "Libellé",
        "Capital souscrit, appelé, versé",
        N_("Its name; only for the reader."),
        ("intitulé", "label", "name"),
        most=200,
    ),
    Column(
        "amount",
        "Solde",
        "15 240,00",
        N_("Its balance in euros, without a sign."),
        ("montant", "euros", "solde créditeur", "balance", "amount"),
        needed=True,
    ),
)
COLUMNS: Mapping[SheetKind, tuple[Column, ...]] = {
    SheetKind.MEMBERS: _MEMBERS,
    SheetKind.EVENTS: _EVENTS,
    SheetKind.MOVEMENTS: _MOVEMENTS,
    SheetKind.BALANCE: _BALANCE,
    SheetKind.IGNORED: (),
}
# The name of a sheet or file tells more than its headings.
_NAMES = {
    "associe": SheetKind.MEMBERS, "societaire": SheetKind.MEMBERS, "membre": SheetKind.MEMBERS,
    "member": SheetKind.MEMBERS, "evenement": SheetKind.EVENTS, "event": SheetKind.EVENTS,
    "mouvement": SheetKind.MOVEMENTS, "movement": SheetKind.MOVEMENTS, "balance": SheetKind.BALANCE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SheetMap:
    """How one sheet is read: what it holds, which heading is which column, which comes first in its days."""

    file: str
    sheet: str
    headings: tuple[str, ...]
    kind: SheetKind
    columns: Mapping[str, str] = field(default_factory=dict)
    day_order: DayOrder = DayOrder.DAY_FIRST

    @property
    def name(self) -> str:
        """What a person calls it."""
        return f"{self.file} / {self.sheet}" if self.sheet else self.file

    def heading(self, key: str) -> str:
        """The heading a person reads for one of our columns."""
        return self.columns.get(key) or title(self.kind, key)

    def unused(self) -> tuple[str, ...]:
        """The headings that nothing is read from."""
        used = set(self.columns.values())
        return tuple(heading for heading in self.headings if heading and heading not in used)

    def as_json(self) -> dict[str, Any]:
        """For the batch, and for a file that the command reads."""
        return {
            "file": self.file, "sheet": self.sheet, "headings": list(self.headings), "kind": self.kind.value,
            "columns": dict(self.columns), "day_order": self.day_order.value,
        }  # fmt: skip


def from_json(told: Mapping[str, Any]) -> SheetMap:
    """The mapping of a sheet as it was written; raises ValueError or KeyError on nonsense."""
    columns = {str(key): str(heading) for key, heading in dict(told.get("columns", {})).items()}
    return SheetMap(
        str(told["file"]), str(told.get("sheet", "")), tuple(map(str, told.get("headings", ()))),
        SheetKind(told["kind"]), columns, DayOrder(told.get("day_order", DayOrder.DAY_FIRST)),
    )  # fmt: skip


def title(kind: SheetKind, key: str) -> str:
    """The name of one of our columns in the model file."""
    return next((column.title for column in COLUMNS[kind] if column.key == key), key)


def guess(file: str, sheet: str, headings: Sequence[str]) -> SheetMap:
    """What a sheet seems to hold, and which heading is which column."""
    kinds = [kind for kind in SheetKind if kind is not SheetKind.IGNORED]
    named = next((kind for word, kind in _NAMES.items() if word in fold(f"{file} {sheet}")), None)
    named = next((kind for word, kind in _NAMES.items() if word in fold(sheet)), named)
    best = named or max(kinds, key=lambda kind: _fitness(kind, headings))
    if _fitness(best, headings) <= 0:
        best = max(kinds, key=lambda kind: _fitness(kind, headings))
    if _fitness(best, headings) <= 0:
        return SheetMap(file, sheet, tuple(headings), SheetKind.IGNORED)
    return SheetMap(file, sheet, tuple(headings), best, guess_columns(best, headings))


def guess_columns(kind: SheetKind, headings: Sequence[str]) -> dict[str, str]:
    """Which of these headings is which column, each used once; a title before another name."""
    found: dict[str, str] = {}
    by_name = {plain_heading(heading): heading for heading in reversed(headings) if heading}
    for names in (_titles, _aliases):
        for column in COLUMNS[kind]:
            hit = next((by_name[name] for name in names(column) if name in by_name), None)
            if column.key not in found and hit is not None and hit not in found.values():
                found[column.key] = hit
    return found


def check_map(sheets: Iterable[SheetMap]) -> list[Breach]:
    """List the columns that are needed and have no heading, and headings used twice."""
    breaches = []
    for sheet in sheets:
        values = {"sheet": sheet.name}
        for column in COLUMNS[sheet.kind]:
            if column.needed and column.key not in sheet.columns and column.key not in _MAY_COME_ELSEWHERE:
                sentence = N_("%(sheet)s: say which heading is “%(column)s”.")
                breaches.append(Breach("column_missing", sentence, {**values, "column": column.title}))
        for heading in sorted({name for name in sheet.columns.values() if _count(sheet, name) > 1}):
            sentence = N_("%(sheet)s: “%(heading)s” is chosen for two columns. Keep one.")
            breaches.append(Breach("heading_twice", sentence, {**values, "heading": heading}))
    return breaches


# The day of admission may stand in the events.
_MAY_COME_ELSEWHERE = frozenset({"joined_on"})


def _count(sheet: SheetMap, heading: str) -> int:
    return list(sheet.columns.values()).count(heading)


def _fitness(kind: SheetKind, headings: Sequence[str]) -> int:
    found = guess_columns(kind, headings)
    needed = [column.key for column in COLUMNS[kind] if column.needed and column.key not in _MAY_COME_ELSEWHERE]
    missing = sum(key not in found for key in needed)
    return 0 if missing > 1 else 2 * len(found) - 3 * missing


def _titles(column: Column) -> tuple[str, ...]:
    return (plain_heading(column.title),)


def _aliases(column: Column) -> tuple[str, ...]:
    return (*map(plain_heading, column.aliases), plain_heading(column.key))
