"""An older register as a treasurer keeps it in a spreadsheet: members, events, movements, a trial balance."""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import openpyxl

MEMBERS = [
    "Numéro",
    "Nom",
    "Prénom",
    "E-mail",
    "Adresse",
    "Code postal",
    "Ville",
    "Catégorie",
    "Collège",
    "Parts détenues",
    "Capital libéré",
    "À rembourser",
]
EVENTS = ["Numéro", "Événement", "Date", "Décision", "Motif"]
MOVEMENTS = [
    "Date",
    "Mouvement",
    "Numéro",
    "Parts",
    "Valeur de la part",
    "Montant",
    "Dont appelé",
    "Autre associé",
    "Référence",
    "Décision",
]
FAMILY = [
    "Martin",
    "Bernard",
    "Thomas",
    "Petit",
    "Robert",
    "Richard",
    "Durand",
    "Dubois",
    "Moreau",
    "Laurent",
    "Simon",
    "Michel",
    "Lefèvre",
    "Leroy",
    "Roux",
]
GIVEN = [
    "Awa",
    "Benoît",
    "Chloé",
    "Denis",
    "Élise",
    "Farid",
    "Gaëlle",
    "Hugo",
    "Inès",
    "Jean",
    "Karim",
    "Léa",
    "Malik",
    "Nora",
    "Océane",
    "Paul",
]


@dataclass
class Owner:
    """One member of the older register, with what she has."""

    number: int
    name: tuple[str, str]
    joined: date
    shares: int = 0
    called: int = 0
    uncalled: int = 0
    paid: int = 0
    repayable: int = 0
    left: date | None = None
    due: list[tuple[date, str, int]] = field(default_factory=list)


@dataclass
class Past:
    """The sheets of an older register, as lists of cells."""

    members: list[list[str]]
    events: list[list[str]]
    movements: list[list[str]]
    balance: list[list[str]]

    def files(self) -> dict[str, bytes]:
        """As CSV files."""
        return {
            "associes.csv": _csv(self.members),
            "evenements.csv": _csv(self.events),
            "mouvements.csv": _csv(self.movements),
            "balance.csv": _csv(self.balance),
        }

    def workbook(self) -> bytes:
        """As one spreadsheet of four sheets."""
        book = openpyxl.Workbook(write_only=True)
        for name, rows in (
            ("Associés", self.members),
            ("Événements", self.events),
            ("Mouvements", self.movements),
            ("Balance", self.balance),
        ):
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()


def an_older_register(
    count: int = 30,
    *,
    seed: int = 1,
    since: date = date(2022, 1, 10),
    years: int = 3,
    nominal: int = 10_000,
    college: str = "",
) -> Past:
    """A history that is right: subscriptions, calls, payments, transfers, departures, refunds."""
    dice = random.Random(seed)  # noqa: S311 - the same register for the same seed
    owners = [
        Owner(n, (dice.choice(FAMILY), dice.choice(GIVEN)), since + timedelta(days=dice.randrange(0, 300)))
        for n in range(1, count + 1)
    ]
    for owner in owners[:3]:
        owner.joined = since
    lines = sorted(_lines(owners, dice, since + timedelta(days=365 * years), nominal), key=lambda line: line[0])
    events = [
        [
            str(o.number),
            "admission",
            _day(o.joined),
            "Assemblée constitutive" if o.joined == since else "Conseil d’administration",
            "",
        ]
        for o in owners
    ]
    events += [[str(o.number), "démission", _day(o.left), "", "départ"] for o in owners if o.left]
    members = [
        [
            str(o.number),
            o.name[0],
            o.name[1],
            f"m{o.number}@exemple.fr",
            "3 rue des Lilas",
            "26000",
            "Valence",
            "salarié",
            college,
            str(o.shares),
            _euros(o.paid),
            _euros(o.repayable),
        ]
        for o in owners
    ]
    totals = {name: sum(getattr(o, name) for o in owners) for name in ("paid", "called", "uncalled", "repayable")}
    balance = [
        ["Compte", "Libellé", "Solde"],
        ["1013", "Capital appelé versé", _euros(totals["paid"])],
        ["1012", "Capital appelé non versé", _euros(totals["called"])],
        ["1011", "Capital non appelé", _euros(totals["uncalled"])],
        ["4567", "Associés, capital à rembourser", _euros(totals["repayable"])],
        ["512", "Banque", "12 345,67"],
    ]
    return Past([MEMBERS, *members], [EVENTS, *events], [MOVEMENTS, *(cells for _on, cells in lines)], balance)


def _lines(owners: list[Owner], dice: random.Random, end: date, nominal: int) -> Iterator[tuple[date, list[str]]]:
    days = [(owner.joined, "subscribe", owner) for owner in owners]
    plan: list[tuple[date, int, str, Owner]] = []
    for order, (on, what, owner) in enumerate(days):
        plan.append((on, order, what, owner))
    order = len(plan)
    for owner in owners:
        for what, after in (
            ("pay", 20),
            ("call", 200),
            ("pay", 240),
            ("subscribe", 400),
            ("pay", 430),
            ("transfer", 600),
        ):
            on = owner.joined + timedelta(days=after + dice.randrange(0, 15))
            if on < end and (what != "transfer" or dice.random() < 0.2):
                order += 1
                plan.append((on, order, what, owner))
        if owner.number > 3 and dice.random() < 0.15:
            on = owner.joined + timedelta(days=700)
            if on < end:
                owner.left = on
                order += 1
                plan += [(on, order, "redeem", owner), (on + timedelta(days=30), order + 1, "repay", owner)]
                order += 1
    for on, _order, what, owner in sorted(plan, key=lambda step: (step[0], step[1])):
        yield from _line(on, what, owner, owners, dice, nominal)


def _line(
    on: date, what: str, owner: Owner, owners: list[Owner], dice: random.Random, nominal: int
) -> Iterator[tuple[date, list[str]]]:
    if what == "subscribe":
        quantity = dice.randrange(1, 6) * 2
        total, part = quantity * nominal, quantity * nominal // 2
        owner.shares += quantity
        owner.called += part
        owner.uncalled += total - part
        yield (
            on,
            [
                _day(on),
                "souscription",
                str(owner.number),
                str(quantity),
                _euros(nominal),
                _euros(total),
                _euros(part),
                "",
                "",
                "",
            ],
        )
    elif what == "pay" and owner.called:
        cents, owner.called = owner.called, 0
        owner.paid += cents
        yield (
            on,
            [
                _day(on),
                "versement",
                str(owner.number),
                "",
                "",
                _euros(cents),
                "",
                "",
                f"virement {owner.number}-{on:%y%m%d}",
                "",
            ],
        )
    elif what == "call" and owner.uncalled:
        cents, owner.uncalled = owner.uncalled, 0
        owner.called += cents
        yield on, [_day(on), "appel", str(owner.number), "", "", _euros(cents), "", "", "", "Conseil du jour"]
    elif what == "transfer" and owner.shares > 4 and owner.paid >= 2 * nominal:
        other = next(o for o in owners[:3] if o is not owner)
        for side, way in ((owner, -1), (other, 1)):
            side.shares += way * 2
            side.paid += way * 2 * nominal
        yield (
            on,
            [
                _day(on),
                "cession",
                str(owner.number),
                "2",
                "",
                _euros(2 * nominal),
                "",
                str(other.number),
                "",
                "Conseil du jour",
            ],
        )
    elif what == "redeem" and owner.shares:
        owner.repayable += owner.paid
        quantity = owner.shares
        owner.shares = owner.paid = owner.called = owner.uncalled = 0
        yield on, [_day(on), "annulation", str(owner.number), str(quantity), "", "", "", "", "", "Assemblée générale"]
    elif what == "repay" and owner.repayable:
        cents, owner.repayable = owner.repayable, 0
        yield on, [_day(on), "remboursement", str(owner.number), "", "", _euros(cents), "", "", "virement", ""]


def _day(on: date) -> str:
    return f"{on:%d/%m/%Y}"


def _euros(cents: int) -> str:
    return f"{cents // 100:,}".replace(",", "\u202f") + f",{cents % 100:02d}"


def _csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def plant(past: Past) -> dict[str, tuple[str, int]]:
    """Ten mistakes as people make them, put into a past that was right: the code of each, its sheet and its line."""
    rows = past.movements
    pays = [at for at, row in enumerate(rows) if row[1] == "versement"]
    subscribed = [at for at, row in enumerate(rows) if row[1] == "souscription"]
    redeemed = next(at for at, row in enumerate(rows) if row[1] == "annulation")
    swapped = next(at for at in subscribed if int(rows[at][0][:2]) > 12 and rows[at][2] not in {"1", "2", "3"})
    found: dict[str, tuple[str, int]] = {}

    def at(code: str, place: int, sheet: str = "mouvements.csv") -> list[str]:
        found[code] = (sheet, place + 1)
        return {"mouvements.csv": rows, "associes.csv": past.members}[sheet][place]

    at("no_such_day", pays[-1])[0] = "31/02/2024"
    at("unknown_member", pays[-2])[2] = "9999"
    at("more_than_held", redeemed)[3] = "500"
    at("wrong_total", subscribed[5])[5] = "1,00"
    at("letter_in_number", pays[6])[5] = "12O,00"
    at("swapped_day", swapped)[0] = "/".join(rows[swapped][0].split("/")[i] for i in (1, 0, 2))
    at("signed", pays[8])[5] = "-" + rows[pays[8]][5]
    # A payment that no subscription stands before.
    rows.append(["30/12/2024", "versement", rows[pays[12]][2], "", "", "5 000,00", "", "", "virement", ""])
    found["overpaid"] = ("mouvements.csv", len(rows))
    # The same person again, and the same line again.
    past.members.append([*past.members[7]])
    found["number_twice"] = ("associes.csv", len(past.members))
    rows.append([*rows[pays[10]]])
    found["same_line"] = ("mouvements.csv", len(rows))
    return found
