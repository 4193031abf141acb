"""The rows of the public diary in the words of the page."""

from datetime import timedelta

from flask_babel import format_date, format_decimal, gettext, ngettext

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.diary.figures import GROUPS, LEAST, Month, Year, is_small
from innovation.diary.queries import Stub
from innovation.moderation.texts import OUTCOME_LABELS
from innovation.programme.queries import snapshot
from innovation.web.locale import day, language, number

NOTHING = "–"
WHAT: dict[str, LazyString] = {"idea": _("Idea"), "comment": _("Comment")}


def stub_rows(stubs: list[Stub]) -> list[list[object]]:
    """Give for each hidden text: the day, what it was, the rule, and what became of an appeal."""
    return [
        [
            day(stub.on),
            WHAT[stub.what],
            _rule(stub.rule),
            NOTHING if stub.outcome is None else OUTCOME_LABELS[stub.outcome],
        ]
        for stub in stubs
    ]


def decision_rows(year: Year) -> list[list[object]]:
    """Give for each month the number of decisions in each group, and how long they took."""
    return [
        [
            _month(month),
            *(_count(group, month.decided.get(group, 0)) for group in GROUPS),
            time_in_words(month.half_within),
        ]
        for month in year.months
        if month.decided
    ]


def rule_rows(year: Year) -> list[list[object]]:
    """Give for each month and rule the number of texts that were hidden."""
    return [
        [_month(month), _rule(rule), number(count)]
        for month in year.months
        for rule, count in sorted(month.rules.items(), key=lambda pair: -pair[1])
    ]


def appeal_rows(year: Year) -> list[list[object]]:
    """Give for each month the appeals made in it, and how they ended."""
    return [
        [
            _month(month),
            number(sum(month.appeals.values())),
            *(number(month.appeals.get(outcome, 0)) for outcome in ("upheld", "changed", "")),
        ]
        for month in year.months
        if month.appeals
    ]


def time_in_words(time: timedelta | None) -> str:
    """Say a working time: hours below a day, else days with a decimal; a dash for none."""
    if time is None:
        return NOTHING
    hours = round(time.total_seconds() / 3600)
    if hours < 1:
        return str(gettext("under an hour"))
    if hours < 24:
        return str(ngettext("%(num)d hour", "%(num)d hours", hours))
    days = round(time.total_seconds() / 86_400, 1)
    if days == 1:
        return str(gettext("1 working day"))
    return str(gettext("%(days)s working days", days=format_decimal(days)))


def _count(group: str, count: int) -> str:
    if is_small(group, count):
        return str(gettext("under %(num)d", num=LEAST))
    return number(count)


def _month(month: Month) -> str:
    return str(format_date(month.start, "LLLL yyyy"))


def _rule(rule: str) -> str:
    return snapshot().rule_name(rule, language()) or str(gettext("Another reason"))
