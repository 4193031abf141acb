"""What somebody answers, and everything that can be wrong with it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from typing import Self
from urllib.parse import urlsplit

from innovation.answers.lifecycle import ANSWERS, GOES_ON, WORDS
from innovation.core import clock
from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas.labels import DOOR, LONGEST
from innovation.ideas.lifecycle import HANDLING_MOVES, Handling
from innovation.ideas.models import TimelineEntry
from innovation.moderation.passing import receivers
from innovation.programme.queries import snapshot

LONGEST_TEXT = 4_000
LONGEST_STEP = 300
LONGEST_SENTENCE = 300
LONGEST_ADDRESS = 500
FARTHEST = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of an idea by one criterion. word: a key of WORDS."""

    word: str
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where this exists already, outside of this platform; all empty for nowhere."""

    name: str = ""
    url: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """An answer. handling: where the idea is from now on, one of ANSWERS.

    step, step_on: what happens next and by when, for those of GOES_ON. named: the person's name
    may be shown. criteria: by the criterion's id. passed_to: as `ideas.passed_to`. source_id: the
    earlier answer that it was made of. existing: what exists already on this platform, as a feature
    above knows it; "" for nothing.
    """

    handling: str
    text: str
    step: str = ""
    step_on: date | None = None
    named: bool = False
    criteria: dict[str, Judgement] = field(default_factory=dict)
    impact_tags: tuple[str, ...] = ()
    elsewhere: Elsewhere = Elsewhere()
    passed_to: str = ""
    source_id: int | None = None
    existing: str = ""

    def settled(self) -> Self:
        """Give the draft without a step where nothing happens next: no old date stays promised."""
        return self if self.handling in GOES_ON else replace(self, step="", step_on=None)

    def check(self, now: str) -> None:
        """Raise RuleBrokenError at the first field that is wrong. now: the idea's handling."""
        for broken in self.problems(now):
            raise broken

    def problems(self, now: str) -> Iterator[RuleBrokenError]:
        """Give everything that is wrong, each at its field, in the order of the page.

        now: as for `check`. Of what hangs together only the first thing is told.
        """
        checks: tuple[Callable[[], None], ...] = (
            lambda: self._check_handling(now),
            self._check_text,
            self._check_step,
            self._check_day,
            *(partial(self._check_judgement, name) for name in self.criteria),
            self._check_tags,
            self._check_existing,
            *(partial(self._check_elsewhere, name) for name in ("name", "url", "sentence")),
            self._check_receiver,
        )
        for check in checks:
            try:
                check()
            except RuleBrokenError as broken:
                yield broken

    def _check_handling(self, now: str) -> None:
        if self.handling not in possible(now):
            raise RuleBrokenError(_("Choose what happens to the idea."), "handling")

    def _check_text(self) -> None:
        if not self.text:
            raise RuleBrokenError(_("Write the reason. The author reads it."), "text")
        refuse_long(LONGEST_TEXT, text=self.text)
        refuse_identity_codes(text=self.text)

    def _check_step(self) -> None:
        refuse_long(LONGEST_STEP, step=self.step)
        refuse_identity_codes(step=self.step)
        if self.handling in GOES_ON and not self.step:
            raise RuleBrokenError(_("Say what happens next."), "step")

    def _check_day(self) -> None:
        if self.handling not in GOES_ON:
            return
        if self.step_on is None:
            raise RuleBrokenError(_("Say by when, such as 15.12.2026."), "step_on")
        if self.step_on <= clock.today():
            raise RuleBrokenError(_("Choose a day after today."), "step_on")
        if self.step_on > clock.today() + FARTHEST:
            raise RuleBrokenError(_("Choose a day within two years."), "step_on")

    def _check_judgement(self, name: str) -> None:
        at, one = f"criterion_{name}", self.criteria[name]
        if name not in {str(known["id"]) for known in snapshot().criteria} or one.word not in WORDS:
            raise RuleBrokenError(_("Choose one of the options."), at)
        refuse_long(LONGEST_SENTENCE, **{f"{at}_sentence": one.sentence})
        refuse_identity_codes(**{f"{at}_sentence": one.sentence})

    def _check_tags(self) -> None:
        if not {str(one["id"]) for one in snapshot().impact_tags}.issuperset(self.impact_tags):
            raise RuleBrokenError(_("Choose one of the options."), "impact_tags")

    def _check_existing(self) -> None:
        if self.existing and self.existing not in dict(existing_choices()):
            raise RuleBrokenError(_("Choose one of the options."), "existing")

    def _check_elsewhere(self, name: str) -> None:
        one = self.elsewhere
        texts = {f"elsewhere_{name}": str(getattr(one, name))}
        refuse_long(LONGEST_ADDRESS if name == "url" else LONGEST_SENTENCE, **texts)
        refuse_identity_codes(**texts)
        if name == "name" and (one.url or one.sentence) and not one.name:
            raise RuleBrokenError(_("Write the name of what exists already."), "elsewhere_name")
        if name == "url" and one.url and not _is_web_address(one.url):
            raise RuleBrokenError(
                _("Write the whole address, such as https://innokyla.fi."), "elsewhere_url"
            )

    def _check_receiver(self) -> None:
        if self.handling != Handling.PASSED_ON:
            return
        known = {code for code, _kind in receivers()}
        to = self.passed_to
        if not to or (to.startswith(DOOR) and to not in known):
            raise RuleBrokenError(_("Choose or write to whom the matter is passed on."), "other")
        refuse_long(LONGEST, other=to)
        refuse_identity_codes(other=to)


Choices = Callable[[], list[tuple[str, str]]]
Keeping = Callable[[TimelineEntry, str], None]
_existing: list[tuple[Choices, Keeping]] = []


def knows_existing(choices: Choices, keeping: Keeping) -> None:
    """Let answers name what a feature above knows to exist already.

    choices: gives (value, name). keeping: is told the answer's line in the timeline and the value.
    """
    _existing.append((choices, keeping))


def existing_choices() -> list[tuple[str, str]]:
    """Give what an answer can name as existing already on this platform."""
    return [choice for choices, _keeping in _existing for choice in choices()]


def keep_existing(entry: TimelineEntry, existing: str) -> None:
    """Tell the features above what an answer named."""
    for _choices, keeping in _existing:
        keeping(entry, existing)


def possible(now: str) -> tuple[str, ...]:
    """Give where an idea in this handling can go by an answer; it may stay where it is."""
    return tuple(
        str(one) for one in ANSWERS if one == now or (Handling(now), one) in HANDLING_MOVES
    )


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and "." in parts.netloc and " " not in url
