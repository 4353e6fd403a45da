"""Legal days: a day is a day in Paris, whatever the server's clock says."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def paris_day(instant: datetime) -> date:
    """The legal day (Europe/Paris) an instant belongs to."""
    return instant.astimezone(PARIS).date()


def paris_time(instant: datetime) -> datetime:
    """The same instant as a clock in Paris shows it."""
    return instant.astimezone(PARIS)


def paris_instant(day: date, at: time) -> datetime:
    """The UTC instant at which a clock in Paris shows that day and hour."""
    return datetime.combine(day, at, tzinfo=PARIS).astimezone(UTC)


def add_years(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes 28 February in a common year."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
