"""The days of learning: when one ends, and in which time zone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date

    from notebook_kb.settings import Settings

DAY_CHANGES = time(4)
"""A study day ends at this local time: who learns until one in the morning is still in the day before."""

_DAY = timedelta(days=1)
_AFTER_MIDNIGHT = timedelta(hours=DAY_CHANGES.hour)


def study_zone(settings: Settings) -> tzinfo:
    """The notebook's `timezone:` where `notebook.yml` gives one, else that of this computer."""
    return ZoneInfo(settings.timezone) if "timezone" in settings.given else MachineZone()


def study_day(at: datetime, zone: tzinfo) -> date:
    """The day to which a moment belongs, in a time zone."""
    day = (at.astimezone(zone).replace(tzinfo=None) - _AFTER_MIDNIGHT).date()
    # Where clocks are put back over the hour at which the day ends, that hour comes twice.
    if at >= day_end(day, zone):
        return day + _DAY
    return day - _DAY if at < day_end(day - _DAY, zone) else day


def day_end(day: date, zone: tzinfo) -> datetime:
    """The first moment (UTC) that no longer belongs to a study day."""
    return datetime.combine(day + _DAY, DAY_CHANGES, zone).astimezone(UTC)


class MachineZone(tzinfo):
    """The time zone to which this computer is set, with its summer time of any year."""

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        return at.replace(tzinfo=None).astimezone().utcoffset() if at else None

    def dst(self, _at: datetime | None) -> timedelta | None:
        return None

    def tzname(self, at: datetime | None) -> str | None:
        return at.replace(tzinfo=None).astimezone().tzname() if at else None

    def fromutc(self, at: datetime) -> datetime:
        return at.replace(tzinfo=UTC).astimezone().replace(tzinfo=self)
