#!/usr/bin/env python3
"""Recompte l'archive d'un scrutin clos et dit oui ou non : Python 3.10, sa bibliothèque standard, rien de coopgov.

    python3 recount.py archive.json [--sceau EMPREINTE] [--liste liste.json]

Il vérifie les empreintes de l'archive, relit chaque bulletin, refait le dépouillement et compare au résultat.
`--sceau` est l'empreinte imprimée au procès-verbal ; `--liste` la liste électorale, pour qui l'a reçue.
Sortie : 0 oui, tout concorde ; 1 non, quelque chose diffère ; 2 l'archive ne se lit pas.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Any

Facts = dict[str, Any]
Parcel = tuple[list[str], int, int]  # the candidates that ballots still name, how many they are, the value of each
UNIT = 100_000
ANSWERS = ["for", "against", "abstain", "blank"]


def digest(fact: object) -> str:
    """SHA-256 of the canonical JSON (RFC 8785) of whole numbers, words, lists and objects."""
    text = json.dumps(fact, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def check_hashes(archive: Facts, seal: str) -> list[str]:
    """What does not give the hash it was sealed under."""
    names = {"form": "la forme du bulletin", "rule": "la règle", "roll": "la liste électorale", "result": "le résultat"}
    told = archive["hashes"]
    found = {part: digest(archive[part]) for part in names}
    lines = sorted(f"{json.dumps(c, ensure_ascii=False)} {content} {n}" for c, content, n in archive["ballots"])
    found["ballots"] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    wrong = [f"{names.get(p, 'les bulletins')} : empreinte fausse" for p in sorted(found) if found[p] != told[p]]
    whole = digest(found)
    if told["whole"] != whole or set(told) != {*found, "whole"}:
        wrong.append("l'empreinte de l'archive n'est pas celle de son contenu")
    if seal and seal.replace(" ", "").lower() != whole[: len(seal.replace(" ", ""))]:
        wrong.append("l'archive n'a pas l'empreinte donnée par --sceau")
    return wrong


def check_roll(archive: Facts, turnout: Facts, path: Path | None) -> list[str]:
    """More ballots than voters, or a roll that is not the one of the archive."""
    roll = archive["roll"]
    cast = {college: sum(line.values()) for college, line in turnout.items()}
    heads = [("tous collèges", sum(cast.values()), roll["size"])]
    heads += [(f"collège {c}", cast[c], roll["colleges"].get(c, 0)) for c in cast if roll["colleges"]]
    wrong = [f"{who} : {ballots} bulletins pour {size} inscrits" for who, ballots, size in heads if ballots > size]
    if path:
        told = json.loads(path.read_text(encoding="utf-8"))
        if digest(told) != roll["hash"] or len(told["entries"]) != roll["size"]:
            wrong.append("la liste donnée par --liste n'est pas celle du scrutin")
    return wrong


class Urn:
    """The ballots of an archive, read one by one: turnout by college, and the valid ones."""

    def __init__(self, archive: Facts) -> None:
        self.form, self.rule, self.roll = archive["form"], archive["rule"], archive["roll"]
        if archive["v"] != 1 or self.form["v"] != 1:
            raise ValueError("version inconnue")
        self.ids = [option["id"] for option in self.form["options"]]
        self.head = "01" + digest(self.form)[:16]
        self.turnout: dict[str, dict[str, int]] = {}
        self.valid, self.ties = list[tuple[str, dict[str, int], int]](), list[Facts]()
        for college, content, papers in archive["ballots"]:
            if type(papers) is not int or papers < 1:
                raise ValueError("nombre de bulletins")
            sort, marks = self.read(content)
            self.turnout.setdefault(college, {"valid": 0, "blank": 0, "null": 0})[sort] += papers
            if sort == "valid":
                self.valid.append((college, marks, papers))
        self.count = sum(papers for _college, _marks, papers in self.valid)

    def read(self, content: str) -> tuple[str, dict[str, int]]:
        """Whether a ballot is valid, blank or null, and its marks by option."""
        raw = bytes.fromhex(content)
        marks = list(raw[10:])
        if raw[:9].hex() != self.head or len(marks) != len(self.ids) or raw[9] > 1:
            return "null", {}
        if raw[9] == 1 and not any(marks):
            return "blank", {}
        sound = raw[9] == 0 and self.is_sound(marks)
        return ("valid" if sound else "null"), dict(zip(self.ids, marks, strict=True))

    def is_sound(self, marks: list[int]) -> bool:
        """Whether marks keep to the form."""
        kind, given = self.form["kind"], [mark for mark in marks if mark]
        if not given:
            return False
        if kind == "resolutions":
            return len(given) == len(marks) and max(given) <= 4 and set(given) != {4}
        if kind == "grades":
            complete = len(given) == len(marks) or self.form["missing"] == "worst"
            return complete and max(given) <= len(self.form["grades"])
        if kind == "ranking":
            return sorted(given) == list(range(1, len(given) + 1))
        if kind == "rivals":
            return max(given) == len(set(given))
        least = self.form["least"] if kind == "choices" else 1
        most = {"choices": self.form.get("most"), "lists": 1}.get(kind, len(marks))
        return max(given) == 1 and least <= len(given) <= most

    def votes(self) -> dict[str, int]:
        """How many ballots choose each option."""
        return {one: sum(papers * marks[one] for _college, marks, papers in self.valid) for one in self.ids}

    def prefer(self, tied: Iterable[str]) -> list[str]:
        """Equal options in the order of the declared rule: the drawn one, or the chair's; else nothing."""
        tied = sorted(tied)
        if self.rule["tie"] == "seed":
            return sorted(tied, key=lambda one: hashlib.sha256(f"{self.rule['seed']}:{one}".encode()).digest())
        if self.rule["tie"] == "chair" and all(one in self.rule["chair"] for one in tied):
            return [one for one in self.rule["chair"] if one in tied]
        return []

    def tie(self, matter: str, among: list[str], chosen: list[str], stage: int = 0, about: str = "") -> None:
        """Name equal votes."""
        case = {"matter": matter, "among": sorted(among), "rule": self.rule["tie"], "chosen": chosen}
        self.ties.append({**case, "stage": stage, "about": about})

    def seat(self, order: list[list[str]], seats: int) -> tuple[list[str], int]:
        """Give seats from the best down; equal votes for the last one are settled by the rule."""
        elected: list[str] = []
        for tied in order:
            left = seats - len(elected)
            if 0 < left < len(tied):
                kept = self.prefer(tied)[:left]
                self.tie("seat", tied, kept)
                return [*elected, *kept], left - len(kept)
            elected += tied if left else []
        return elected, seats - len(elected)

    def recount(self) -> Facts:
        """The whole result."""
        elected, vacant, detail = WAYS[self.form["kind"]](self)
        found = {"v": 1, "kind": self.form["kind"], "turnout": self.turnout, "elected": elected, "vacant": vacant}
        return {**found, "ties": self.ties, "detail": detail}


def by_worth(worth: dict[str, Any]) -> list[list[str]]:
    """Options from the best to the worst, equal ones together."""
    best_first = sorted(set(worth.values()), reverse=True)
    return [[one for one in sorted(worth) if worth[one] == value] for value in best_first]


def resolutions(urn: Urn) -> tuple[list[str], int, Facts]:
    """Answers of each resolution by college; a blank sheet is blank for each."""
    answers = {}
    for one in sorted(urn.ids):
        answers[one] = {college: dict.fromkeys(ANSWERS, 0) for college in urn.turnout}
        for college, marks, papers in urn.valid:
            answers[one][college][ANSWERS[marks[one] - 1]] += papers
        for college, line in urn.turnout.items():
            answers[one][college]["blank"] += line["blank"]
        total = {word: sum(line[word] for line in answers[one].values()) for word in ANSWERS}
        if "majority" in urn.rule:
            return [], 0, {"answers": answers, "decision": decide(urn, one, answers[one])}
        if total["for"] == total["against"] > 0:
            kept = ["against"] if urn.rule["tie"] == "status_quo" else urn.prefer(["against", "for"])[:1]
            urn.tie("answer", ["against", "for"], kept, about=one)
    return [], 0, {"answers": answers}


def decide(urn: Urn, one: str, answers: Facts) -> Facts:
    """What the majority decides, in shares of its base weighed by college; heads are one college of weight 1."""
    majority, roll = urn.rule["majority"], urn.roll
    weights, sizes = urn.rule["weights"] or {"": 1}, roll["colleges"] or {"": roll["size"]}
    share, total, measured = {"for": Fraction(0), "against": Fraction(0)}, Fraction(0), 0
    for college in filter(sizes.get, sizes):
        said = answers.get(college) or dict.fromkeys(ANSWERS, 0)
        bases = {"EXPRESSED": said["for"] + said["against"], "ALL_MEMBERS": sizes[college]}
        base = {**bases, "PRESENT_OR_REPRESENTED": roll["present"].get(college, 0)}[majority["base"]]
        total, measured = total + Fraction(weights[college]), measured + base
        share = {word: share[word] + Fraction(weights[college]) * said[word] / max(base, 1) for word in share}
    part, needed = share["for"] / (total or 1), Fraction(majority["fraction"])
    adopted = measured > 0 and (part > needed if majority["strict"] else part >= needed)
    if share["for"] == share["against"] > 0 and not adopted:
        urn.tie("answer", ["against", "for"], ["against"], about=one)
    return {"outcome": "adopted" if adopted else "rejected" if measured else "no_decision", "share": str(part)}


def chosen(urn: Urn) -> tuple[list[str], int, Facts]:
    """The most chosen take the seats; whom nobody chose takes none."""
    votes = urn.votes()
    order = by_worth({one: number for one, number in votes.items() if number})
    return *urn.seat(order, urn.form["seats"]), {"votes": votes, "order": order}


def middle(profile: list[int]) -> int:
    """The grade of the lower middle ballot."""
    return next(grade for grade, papers in enumerate(accumulate(profile)) if 2 * papers >= sum(profile))


def grades(urn: Urn) -> tuple[list[str], int, Facts]:
    """Majority judgment: take one ballot of the majority grade away from each, until the majority grades differ."""
    profiles = {one: [0] * len(urn.form["grades"]) for one in urn.ids}
    for _college, marks, papers in urn.valid:
        for one, mark in marks.items():
            profiles[one][max(mark - 1, 0)] += papers
    majority = {one: middle(profile) for one, profile in profiles.items()} if urn.valid else {}
    order = part({one: list(profile) for one, profile in profiles.items()}) if urn.valid else []
    return *urn.seat(order, urn.form["seats"]), {"grades": profiles, "order": order, "majority": majority}


def part(profiles: dict[str, list[int]]) -> list[list[str]]:
    """Options parted by their majority grades, one ballot after the other; those never parted have equal votes."""
    groups = [sorted(profiles)]
    for _ballot in range(sum(next(iter(profiles.values())))):
        if len(groups) == len(profiles):
            break
        seen = {one: middle(profile) for one, profile in profiles.items()}
        for one, grade in seen.items():
            profiles[one][grade] -= 1
        groups = [tier for group in groups for tier in by_worth({one: seen[one] for one in group})]
    return groups


def rivals(urn: Urn) -> tuple[list[str], int, Facts]:
    """Schulze: duels, then chains made longer until none gets stronger; the unbeaten come first."""
    duels = {one: {two: 0 for two in urn.ids if two != one} for one in urn.ids}
    for _college, marks, papers in urn.valid:
        order = sorted((marks[one] or 999, one) for one in urn.ids)
        for number, (rank, one) in enumerate(order):
            for lower, two in order[number + 1 :]:
                duels[one][two] += papers * (rank < lower)
    paths = {one: {two: n if n > duels[two][one] else 0 for two, n in row.items()} for one, row in duels.items()}
    while lengthen(paths):
        pass
    left, order_of_all = sorted(urn.ids) if urn.valid else [], []
    while left:
        best = [one for one in left if all(paths[one][two] >= paths[two][one] for two in left if two != one)]
        order_of_all.append(best)
        left = [one for one in left if one not in best]
    kept = order_of_all[0] if order_of_all else []
    if len(kept) > 1:
        stays = [one for one in kept if one == urn.form["status_quo"]]
        kept = stays if urn.rule["tie"] == "status_quo" else urn.prefer(kept)[:1]
        urn.tie("seat", order_of_all[0], kept)
    return kept, 1 - len(kept), {"duels": duels, "paths": paths, "order": order_of_all}


def lengthen(paths: dict[str, dict[str, int]]) -> bool:
    """Let each chain pass by one more text where that makes it stronger; whether any did."""
    grows = False
    for row in paths.values():
        for two in row:
            best = max([row[two], *(min(row[via], paths[via][two]) for via in row if via != two)])
            grows, row[two] = grows or best > row[two], best
    return grows


def lists(urn: Urn) -> tuple[list[str], int, Facts]:
    """Lists above the threshold share the seats, one after the other."""
    votes, seats = urn.votes(), dict.fromkeys(urn.ids, 0)
    number, rests = urn.form["seats"], dict[str, int]()
    least = max(Fraction(1), Fraction(urn.form["threshold"]) * urn.count)
    admitted = [one for one in sorted(urn.ids) if votes[one] >= least]
    total, vacant = sum(votes[one] for one in admitted), 0 if admitted else number
    for one in admitted if urn.form["sharing"] == "largest_remainder" else []:
        seats[one], rests[one] = divmod(votes[one] * number, total)
    while admitted and sum(seats.values()) + vacant < number:
        left = number - sum(seats.values())
        worth: dict[str, Any] = rests or {one: Fraction(votes[one], seats[one] + 1) for one in admitted}
        tied = by_worth({one: (worth[one], votes[one]) for one in worth})[0]
        kept = tied if len(tied) <= left else urn.prefer(tied)[:left]
        if len(tied) > left:
            urn.tie("seat", tied, kept)
            vacant = left - len(kept)
        for one in kept:
            seats[one] += 1
            rests.pop(one, None)
    elected = [f"{one}#{place}" for one in sorted(seats) for place in range(1, seats[one] + 1)]
    return elected, vacant, {"votes": votes, "admitted": admitted, "seats": seats}


class Officer:
    """Counts a ranking as a returning officer does, with parcels: SSI 2007/42, schedule 1, rules 45 to 52."""

    def __init__(self, urn: Urn) -> None:
        self.urn, self.seats = urn, urn.form["seats"]
        self.quota = urn.count // (self.seats + 1) + 1
        self.piles: dict[str, list[Parcel]] = {one: [] for one in sorted(urn.ids)}
        self.credit = dict.fromkeys(self.piles, 0)
        self.standing, self.out = set(self.piles), set[str]()
        self.elected, self.waiting, self.exhausted = list[str](), dict[str, int](), 0
        self.stages: list[Facts] = []

    def run(self) -> tuple[list[str], int, Facts]:
        """Every stage of the count."""
        papers = [([o for _r, o in sorted((r, o) for o, r in m.items() if r)], n, UNIT) for _c, m, n in self.urn.valid]
        if papers:
            self.stage("first", "", papers)
            self.stages[0].update(papers=0, to={})
        while papers and self.standing and len(self.elected) < self.seats:
            if len(self.standing) <= self.seats - len(self.elected):
                self.stage("fill", "", [], fill=True)
            elif not (self.surplus() if self.waiting else self.exclude()):
                break
        return self.elected, self.seats - len(self.elected), {"unit": UNIT, "quota": self.quota, "stages": self.stages}

    def surplus(self) -> bool:
        """The highest surplus goes on, each ballot at its share of it, to five decimals."""
        if one := self.first("surplus", self.waiting, max):
            had = self.waiting.pop(one)
            over, self.credit[one] = had - self.quota * UNIT, self.quota * UNIT
            self.stage("surplus", one, [(names, n, over * value // had) for names, n, value in self.piles[one]])
        return bool(one)

    def exclude(self) -> bool:
        """The fewest votes go, each ballot at the value it had."""
        if one := self.first("exclusion", {one: self.credit[one] for one in self.standing}, min):
            self.standing, self.out, self.credit[one] = self.standing - {one}, self.out | {one}, 0
            self.stage("exclusion", one, self.piles[one])
        return bool(one)

    def stage(self, act: str, source: str, papers: list[Parcel], *, fill: bool = False) -> None:
        """Hand the parcels on, elect, and write down where everybody stands."""
        to, rest = dict[str, list[int]](), [0, 0]
        for names, number, value in papers:
            later = [one for one in names if one in self.standing]
            got = to.setdefault(later[0], [0, 0]) if later else rest
            got[0], got[1] = got[0] + number, got[1] + number * value
            if later:
                self.piles[later[0]].append((later, number, value))
                self.credit[later[0]] += number * value
        self.exhausted += rest[1]
        full = self.quota * UNIT
        new = sorted((o for o in self.standing if fill or self.credit[o] >= full), key=lambda o: (-self.credit[o], o))
        self.waiting.update({one: self.credit[one] for one in new if self.credit[one] > full})
        self.standing.difference_update(new)
        self.elected += new
        moved = sum(number for _names, number, _value in papers)
        votes = {one: self.credit[one] for one in self.credit if one not in self.out}
        lost = self.urn.count * UNIT - sum(self.credit.values()) - self.exhausted
        known = {"act": act, "from": source, "papers": moved, "to": to, "rest": rest, "votes": votes, "elected": new}
        self.stages.append({**known, "exhausted": self.exhausted, "lost": lost})

    def first(self, matter: str, worth: dict[str, int], best: Callable[[Iterable[int]], int]) -> str:
        """Who goes first: by the most recent stage at which they were unequal, else by the declared rule."""
        tied = [one for one in worth if worth[one] == best(worth.values())]
        for earlier in reversed(self.stages):
            wanted = best([earlier["votes"][one] for one in tied])
            tied = [one for one in tied if earlier["votes"][one] == wanted]
        if len(tied) == 1:
            return tied[0]
        kept = self.urn.prefer(tied)[:1] if matter == "surplus" else self.urn.prefer(tied)[-1:]
        self.urn.tie(matter, tied, kept, stage=len(self.stages) + 1)
        return kept[0] if kept else ""


WAYS = {"choices": chosen, "approval": chosen, "resolutions": resolutions, "grades": grades, "rivals": rivals}
WAYS |= {"lists": lists, "ranking": lambda urn: Officer(urn).run()}


def differences(told: Any, found: Any, where: str = "") -> Iterator[str]:
    """The places where the archive and the recount say something else."""
    if isinstance(told, dict) and isinstance(found, dict):
        for name in sorted({*told, *found}):
            yield from differences(told.get(name), found.get(name), f"{where}/{name}")
    elif told != found:
        yield f"{where or '/'} : l'archive dit {str(told)[:60]}, le recomptage {str(found)[:60]}"


def main(arguments: list[str] | None = None) -> int:
    """Say yes or no."""
    parser = argparse.ArgumentParser(description="Recompte l'archive d'un scrutin clos.")
    parser.add_argument("archive", type=Path)
    parser.add_argument("--sceau", default="", help="empreinte imprimée au procès-verbal, ou son début")
    parser.add_argument("--liste", type=Path, help="liste électorale (JSON)")
    asked = parser.parse_args(arguments)
    try:
        archive = json.loads(asked.archive.read_text(encoding="utf-8"))
        urn = Urn(archive)
        found = urn.recount()
        wrong = [*check_hashes(archive, asked.sceau), *check_roll(archive, urn.turnout, asked.liste)]
        wrong += differences(archive["result"], found, "résultat")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        print(f"ILLISIBLE : cette archive ne se lit pas ({type(error).__name__} : {str(error)[:100]}).")
        return 2
    valid, blank, null = (sum(line[sort] for line in urn.turnout.values()) for sort in ("valid", "blank", "null"))
    cast = f"{valid + blank + null} bulletins pour {archive['roll']['size']} inscrits"
    print(f"{cast} : {valid} valables, {blank} blancs, {null} nuls.")
    print(f"Empreinte à comparer à celle du procès-verbal : {archive['hashes']['whole']}")
    print(*(f"- {line}" for line in wrong[:20]), sep="\n", end="\n" if wrong else "")
    print("NON : cette archive ne concorde pas." if wrong else "OUI : empreintes, bulletins et résultat concordent.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
