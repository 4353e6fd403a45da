"""What happens to shares in a quiet month: one pays in parts, two leave, one pays too much, one gives way."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from coopgov.core.money import Cents
from coopgov.core.policy import Actor
from coopgov.demo.stage import Stage
from coopgov.members import service as membership
from coopgov.shares import queries as shares_queries
from coopgov.shares import service as shares
from coopgov.treasury import service as treasury
from coopgov.treasury.banking import service as banking
from coopgov.web.acts import reading

OLDEST, YOUNGEST = 71, 24
# Accounts that open nowhere: the examples of the standard and of the French banks.
OURS, HERS = "FR7630006000011234567890189", "FR1420041010050500013M02606"
YEAR = timedelta(days=365)
BOARD = "conseil d'administration du {day:%d/%m/%Y}"


@dataclass(frozen=True, slots=True)
class Life:
    """The stage, the treasurer and the board, some of the crowd, and the day that is today."""

    stage: Stage
    treasurer: Callable[[], Actor]
    board: Callable[[], Actor]
    crowd: list[UUID]
    today: date
    nominal: int

    def on(self, days_ago: int) -> date:
        """Move on to a day before today."""
        day = self.today - timedelta(days=days_ago)
        self.stage.at(day)
        return day


def born(email: str, today: date) -> date:
    """A day of birth for somebody of the crowd, always the same."""
    dice = random.Random(email)  # noqa: S311 - a demonstration draws, it keeps no secret
    return today - YEAR * dice.randint(YOUNGEST, OLDEST) - timedelta(days=dice.randint(0, 364))


def live(life: Life) -> set[UUID]:
    """Play the month: what the treasurer's pages show comes from it; gives those who left."""
    first, second = life.crowd[11], life.crowd[17]
    _pay_in_parts(life, life.crowd[5])
    _leave(life, first, days_ago=52)
    _leave(life, second, days_ago=50)
    _pay_too_much(life, life.crowd[23])
    _give_way(life, life.crowd[29], life.crowd[31])
    _withdraw(life, first)
    life.stage.say("Deux associés sont partis, d'autres ont souscrit, cédé ou versé : la trésorerie a de quoi faire.")
    return {first, second}


def _pay_in_parts(life: Life, member: UUID) -> None:
    day = life.on(55)
    total = 20 * life.nominal
    with life.stage.act(life.treasurer()) as act:
        shares.subscribe(act, member_id=member, quantity=20, effective_on=day, payable_now=Cents(total // 2))
        treasury.pay(
            act, member_id=member, cents=Cents(total // 4), effective_on=day, reference="virement", payer="son conjoint"
        )


def _leave(life: Life, member: UUID, *, days_ago: int) -> None:
    day = life.on(days_ago)
    with life.stage.act(life.board()) as act:
        membership.resign(act, member_id=member, effective_on=day, reason="cesse son activité")


def _pay_too_much(life: Life, member: UUID) -> None:
    day = life.on(45)
    with life.stage.act(life.treasurer()) as act:
        shares.subscribe(act, member_id=member, quantity=2, effective_on=day)
        treasury.pay(act, member_id=member, cents=Cents(3 * life.nominal), effective_on=day, reference="virement")


def _give_way(life: Life, giver: UUID, taker: UUID) -> None:
    day = life.on(40)
    with life.stage.act(life.treasurer()) as act:
        shares.transfer(act, from_id=giver, to_id=taker, quantity=1, effective_on=day, decision=BOARD.format(day=day))


def _withdraw(life: Life, member: UUID) -> None:
    day = life.on(35)
    held = shares_queries.shares_held(reading(), member_id=member, on=day)
    with life.stage.act(life.board()) as act:
        membership.set_iban(act, member_id=member, iban=HERS, on=day, proof="RIB remis au départ")
    with life.stage.act(life.treasurer()) as act:
        banking.write_account(act, holder="Les Mains Libres", iban=OURS)
        shares.redeem(act, member_id=member, quantity=held, effective_on=day, decision=BOARD.format(day=day))
