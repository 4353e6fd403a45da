"""What the demonstration plays, and who plays."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from coopgov.accounts import queries as accounts
from coopgov.core.policy import Actor
from coopgov.demo.stage import Stage
from coopgov.web.acts import reading, today

# The accounts are approved within six months of the end of the financial year (C. com. L225-100).
ANNUAL_DAY: Final = (6, 20)


QUIET_DAYS: Final = timedelta(days=110)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to play: the legal form, the seed, and the day that is today."""

    form: str
    seed: int
    today: date

    @property
    def second_assembly(self) -> date:
        """The last annual assembly long enough before today for its decisions to be in force."""
        day = date(self.today.year, *ANNUAL_DAY)
        return day if day <= self.today - QUIET_DAYS else date(self.today.year - 1, *ANNUAL_DAY)

    @property
    def first_assembly(self) -> date:
        """The annual assembly of the year before."""
        return date(self.second_assembly.year - 1, *ANNUAL_DAY)

    @property
    def enrolled(self) -> date:
        """The day by which everybody has joined."""
        return self.first_assembly - timedelta(days=60)


@dataclass
class Troupe:
    """Who plays: the characters by key, and everybody's membership."""

    stage: Stage
    dice: random.Random
    accounts: dict[str, UUID]
    members: dict[str, UUID]
    everyone: list[UUID]

    def actor(self, key: str) -> Actor:
        """A character as she acts on the day of the scene."""
        account = accounts.get_account(reading(), self.accounts[key])
        return Actor(account.name, account.id, accounts.roles_on(reading(), account.id, today()))
