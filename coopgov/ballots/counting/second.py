"""The second counting program: it reads the exported archive, shares nothing with the first, and counts by other ways.

The first groups columns of bytes, moves parcels and compares long numbers. This one goes ballot by ballot: it keeps who
holds each ballot and at what value and adds everything up anew at each stage; it writes the majority value out in full;
it finds the strongest chains from the strongest duel down; it gives lists their quotients first. Standard library only.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from coopgov.ballots.counting.second_stv import UNIT, Ballot, Facts, Ranked

ANSWERS = ("for", "against", "abstain", "blank")


class BadArchive(Exception):
    """Indicate that an archive cannot be counted: it is of another version, or is not one."""


def count_archive(archive: Facts) -> Facts:
    """Count an archive; the answer must be, fact for fact, that of the first program. Raises BadArchive."""
    try:
        return _Recount(archive).facts()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadArchive(f"this archive cannot be read: {error!r}") from error


class _Recount:
    """One archive and the ballots found sound in it."""

    def __init__(self, archive: Facts) -> None:
        self.form, self.rule, self.roll = archive["form"], archive["rule"], archive["roll"]
        if (archive["v"], self.form["v"]) != (1, 1):
            raise ValueError("version")
        self.kind: str = self.form["kind"]
        self.ids: list[str] = [option["id"] for option in self.form["options"]]
        text = json.dumps(self.form, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        self.head = bytes([1]) + hashlib.sha256(text.encode()).digest()[:8]
        self.turnout: dict[str, dict[str, int]] = {}
        self.by_college: dict[str, list[Ballot]] = {}
        self.ties: list[Facts] = []
        for college, content, papers in archive["ballots"]:
            self._take(college, bytes.fromhex(content), papers)
        self.ballots = [ballot for college in sorted(self.by_college) for ballot in self.by_college[college]]
        self.valid = sum(papers for _marks, papers in self.ballots)

    def _take(self, college: str, content: bytes, papers: int) -> None:
        line = self.turnout.setdefault(college, {"valid": 0, "blank": 0, "null": 0})
        ballots = self.by_college.setdefault(college, [])
        sort = self._sort(content)
        line[sort] += papers
        if sort == "valid":
            ballots.append((dict(zip(self.ids, content[10:], strict=True)), papers))

    def _sort(self, content: bytes) -> str:
        """Whether a ballot is valid, blank or null."""
        marks = content[10:]
        if content[:9] != self.head or len(marks) != len(self.ids):
            return "null"
        if content[9] == 1:
            return "null" if any(marks) else "blank"
        return "valid" if content[9] == 0 and self._is_sound(list(marks)) else "null"

    def _is_sound(self, marks: list[int]) -> bool:
        given = sorted(mark for mark in marks if mark)
        match self.kind:
            case "resolutions":
                return len(given) == len(marks) and given[-1] <= len(ANSWERS) and given[0] < len(ANSWERS)
            case "grades":
                full = len(given) == len(marks) or (self.form["missing"] == "worst" and bool(given))
                return full and given[-1] <= len(self.form["grades"])
            case "ranking":
                return bool(given) and given == list(range(1, len(given) + 1))
            case "rivals":
                return bool(given) and given[-1] == len(set(given))
        least, most = self.form.get("least", 1), self.form.get("most", 1 if self.kind == "lists" else len(marks))
        return set(given) == {1} and least <= len(given) <= most

    def facts(self) -> Facts:
        """What the count finds."""
        ways: dict[str, Callable[[], Facts]] = {
            "resolutions": self._resolutions, "choices": self._chosen, "approval": self._chosen, "grades": self._grades,
            "ranking": self._ranking, "rivals": self._rivals, "lists": self._lists,
        }  # fmt: skip
        found = ways[self.kind]()
        turnout = {college: self.turnout[college] for college in sorted(self.turnout)}
        return {"v": 1, "kind": self.kind, "turnout": turnout, **found, "ties": self.ties}

    def _resolutions(self) -> Facts:
        answers = {one: self._answers(one) for one in sorted(self.ids)}
        if "majority" in self.rule:
            [(one, said)] = answers.items()
            return {"elected": [], "vacant": 0, "detail": {"answers": answers, "decision": self._decide(one, said)}}
        for one, colleges in answers.items():
            for_, against = (sum(line[word] for line in colleges.values()) for word in ("for", "against"))
            if for_ == against != 0:
                kept = ["against"] if self.rule["tie"] == "status_quo" else self._prefer(["against", "for"])[:1]
                self._tie("answer", ["against", "for"], kept, about=one)
        return {"elected": [], "vacant": 0, "detail": {"answers": answers}}

    def _decide(self, one: str, answers: dict[str, dict[str, int]]) -> Facts:
        """What the majority decides; heads are one college, of weight 1, with everybody in it."""
        majority, weights = self.rule["majority"], self.rule["weights"] or {"": 1}
        enrolled = {c: n for c, n in (self.roll["colleges"] or {"": self.roll["size"]}).items() if n}
        said = {c: answers.get(c) or dict.fromkeys(ANSWERS, 0) for c in enrolled}
        measured = {
            "EXPRESSED": {c: line["for"] + line["against"] for c, line in said.items()},
            "PRESENT_OR_REPRESENTED": self.roll["present"], "ALL_MEMBERS": enrolled,
        }[majority["base"]]  # fmt: skip
        wholes = {c: measured[c] for c in enrolled}
        if not any(wholes.values()):
            return {"outcome": "no_decision", "share": "0"}
        all_weights = sum(Fraction(weights[c]) for c in enrolled)
        for_, against = (
            sum(Fraction(weights[c]) * line[word] / wholes[c] for c, line in said.items() if wholes[c]) / all_weights
            for word in ("for", "against")
        )
        needed = Fraction(majority["fraction"])
        adopted = for_ > needed or (for_ == needed and not majority["strict"])
        if for_ == against != 0 and not adopted:
            self._tie("answer", ["against", "for"], ["against"], about=one)
        return {"outcome": "adopted" if adopted else "rejected", "share": str(for_)}

    def _answers(self, one: str) -> dict[str, dict[str, int]]:
        lines = {}
        for college in sorted(self.turnout):
            said = Counter({"blank": self.turnout[college]["blank"]})
            for marks, papers in self.by_college[college]:
                said[ANSWERS[marks[one] - 1]] += papers
            lines[college] = {word: said[word] for word in ANSWERS}
        return lines

    def _chosen(self) -> Facts:
        votes = self._votes()
        order = _by_worth({one: number for one, number in votes.items() if number})
        return {**self._seat(order, self.form["seats"]), "detail": {"votes": votes, "order": order}}

    def _votes(self) -> dict[str, int]:
        return {one: sum(papers for marks, papers in self.ballots if marks[one]) for one in sorted(self.ids)}

    def _grades(self) -> Facts:
        """Each option's ballots in a row from worst to best; the row read outwards from the middle is its value."""
        profiles, values, majority = {}, {}, {}
        for one in sorted(self.ids):
            given = Counter(dict.fromkeys(range(len(self.form["grades"])), 0))
            for marks, papers in self.ballots:
                given[max(marks[one], 1) - 1] += papers
            profiles[one] = [given[grade] for grade in sorted(given)]
            row = b"".join(bytes([grade]) * given[grade] for grade in sorted(given))
            if row:
                values[one] = _outwards(row)
                majority[one] = values[one][0]
        order = _by_worth(values)
        return {
            **self._seat(order, self.form["seats"]),
            "detail": {"grades": profiles, "order": order, "majority": majority},
        }

    def _rivals(self) -> Facts:
        duels = {one: dict.fromkeys(sorted({*self.ids} - {one}), 0) for one in sorted(self.ids)}
        for marks, papers in self.ballots:
            place = {one: marks[one] or len(self.ids) + 1 for one in self.ids}
            for one, row in duels.items():
                mine = place[one]
                for two in row:
                    if mine < place[two]:
                        row[two] += papers
        paths = _strongest(duels)
        order = list(_peel(paths)) if self.ballots else []
        return {**self._adopt(order), "detail": {"duels": duels, "paths": paths, "order": order}}

    def _adopt(self, order: list[list[str]]) -> Facts:
        best = order[0] if order else []
        if len(best) < 2:
            return {"elected": best, "vacant": 1 - len(best)}
        status_quo = [one for one in best if one == self.form["status_quo"]]
        kept = status_quo if self.rule["tie"] == "status_quo" else self._prefer(best)[:1]
        self._tie("seat", best, kept)
        return {"elected": kept, "vacant": 1 - len(kept)}

    def _lists(self) -> Facts:
        votes = self._votes()
        floor = Fraction(self.form["threshold"])
        admitted = {one: n for one, n in votes.items() if n and Fraction(n, self.valid) >= floor}
        seats, vacant = self._share(admitted) if admitted else ({}, self.form["seats"])
        elected = [f"{one}#{number}" for one in sorted(seats) for number in range(1, seats[one] + 1)]
        seats = {one: seats.get(one, 0) for one in votes}
        return {
            "elected": elected, "vacant": vacant,
            "detail": {"votes": votes, "admitted": sorted(admitted), "seats": seats},
        }  # fmt: skip

    def _share(self, votes: dict[str, int]) -> tuple[dict[str, int], int]:
        """One quotient, one seat; the seats left go one by one, those of one round only where remainders count."""
        quotient = Fraction(sum(votes.values()), self.form["seats"])
        seats = {one: int(n / quotient) for one, n in votes.items()}
        averages = self.form["sharing"] == "highest_average"
        rests = {one: (n - seats[one] * quotient, n) for one, n in votes.items()}
        while left := self.form["seats"] - sum(seats.values()):
            worth = {one: (Fraction(n, seats[one] + 1), n) for one, n in votes.items()} if averages else rests
            best = max(worth.values())
            tied = [one for one in sorted(worth) if worth[one] == best]
            kept = tied if len(tied) <= left else self._prefer(tied)[:left]
            if len(tied) > left:
                self._tie("seat", tied, kept)
            for one in kept:
                seats[one] += 1
                rests.pop(one, None)
            if not kept:
                return seats, left
        return seats, 0

    def _seat(self, order: list[list[str]], seats: int) -> Facts:
        elected: list[str] = []
        for tier in order:
            left = seats - len(elected)
            if 0 < left < len(tier):
                kept = self._prefer(tier)[:left]
                self._tie("seat", tier, kept)
                return {"elected": elected + kept, "vacant": left - len(kept)}
            elected += tier if left else []
        return {"elected": elected, "vacant": seats - len(elected)}

    def _prefer(self, tied: list[str]) -> list[str]:
        """Equal options in the order that the seed or the chair gives them, or nothing."""
        if self.rule["tie"] == "seed":
            lot = {one: hashlib.sha256(f"{self.rule['seed']}:{one}".encode()).hexdigest() for one in tied}
            return sorted(tied, key=lot.__getitem__)
        told = [one for one in self.rule["chair"] if one in tied] if self.rule["tie"] == "chair" else []
        return told if len(told) == len(tied) else []

    def _tie(self, matter: str, among: list[str], chosen: list[str], *, stage: int = 0, about: str = "") -> None:
        self.ties.append(
            {
                "matter": matter, "among": sorted(among), "rule": self.rule["tie"], "chosen": chosen, "stage": stage,
                "about": about,
            }
        )  # fmt: skip

    def _ranking(self) -> Facts:
        count = Ranked(self.ballots, self.ids, self.form["seats"], self._settle)
        count.run()
        detail = {"unit": UNIT, "quota": count.quota, "stages": count.stages}
        return {"elected": count.elected, "vacant": count.seats - len(count.elected), "detail": detail}

    def _settle(self, matter: str, among: list[str], stage: int) -> str | None:
        """Who goes first by the declared rule; the first of its order for a surplus, its last for an exclusion."""
        order = self._prefer(among)
        chosen = order[:1] if matter == "surplus" else order[-1:]
        self._tie(matter, among, chosen, stage=stage)
        return chosen[0] if chosen else None


def _by_worth(worth: dict[str, Any]) -> list[list[str]]:
    """Options from the best worth to the worst, equal ones together."""
    return [
        [one for one in sorted(worth) if worth[one] == value] for value in sorted(set(worth.values()), reverse=True)
    ]


def _outwards(row: bytes) -> bytes:
    """A sorted row read from its lower middle outwards, below and above in turn: one majority grade after the other."""
    middle = len(row) // 2
    if len(row) % 2:
        return row[middle : middle + 1] + _outwards(row[:middle] + row[middle + 1 :])
    value = bytearray(len(row))
    value[0::2] = row[:middle][::-1]
    value[1::2] = row[middle:]
    return bytes(value)


def _strongest(duels: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Let duels in from the strongest down: the strength at which one option first reaches another is its chain's."""
    wins = [(row[two], one, two) for one, row in duels.items() for two in row if row[two] > duels[two][one]]
    reach = {one: {one} for one in duels}
    paths = {one: dict.fromkeys(row, 0) for one, row in duels.items()}
    for strength in sorted({strength for strength, _one, _two in wins}, reverse=True):
        for _strength, one, two in (win for win in wins if win[0] == strength):
            for start in (start for start in duels if one in reach[start]):
                for end in reach[two] - reach[start]:
                    paths[start][end] = strength
                reach[start] |= reach[two]
    return paths


def _peel(paths: dict[str, dict[str, int]]) -> Iterator[list[str]]:
    """The unbeaten options, then those unbeaten among the others, and so on."""
    left = sorted(paths)
    while left:
        beaten = {two for one in left for two in left if one != two and paths[one][two] > paths[two][one]}
        yield [one for one in left if one not in beaten]
        left = [one for one in left if one in beaten]


def differences(first: Any, second: Any, where: str = "") -> Iterator[str]:
    """The places where two counts say something else, for the administrator."""
    if isinstance(first, dict) and isinstance(second, dict):
        for name in sorted({*first, *second}):
            yield from differences(first.get(name), second.get(name), f"{where}/{name}")
    elif first != second:
        yield where
