"""Fields in several languages, days and promises, and a form that knows how old its page is."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Self

from wtforms import Field, HiddenField
from wtforms.validators import ValidationError

from innovation.core.errors import ConflictError
from innovation.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, LazyString, Texts
from innovation.core.i18n import lazy_gettext as _
from innovation.core.text import clean_line, clean_text
from innovation.programme import queries
from innovation.programme.drafts import MISSING, PROMISE_LIMITS, not_between
from innovation.web.forms import Form, LineField, TextField

SOFT_HYPHEN = "\u00ad"
TONGUES = {"fi": _("In Finnish"), "sv": _("In Swedish"), "en": _("In English")}
_PLACE_KEPT = "\ue000"
_LOST_HYPHEN = re.compile(rf"(?<!\w){_PLACE_KEPT}+|{_PLACE_KEPT}+(?!\w)")


def _with_breaks(value: str, clean: Callable[[str], str]) -> str:
    """Clean a text, but keep the soft hyphens inside its words: long names break at them."""
    cleaned = clean(value.replace(_PLACE_KEPT, "").replace(SOFT_HYPHEN, _PLACE_KEPT))
    # A private-use letter is no word letter, so what stands at the edge of a word goes.
    return clean(_LOST_HYPHEN.sub("", cleaned)).replace(_PLACE_KEPT, SOFT_HYPHEN)


class NameField(LineField):
    """One line, cleaned, with the soft hyphens of its long words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Clean what was typed."""
        self.data = _with_breaks(str(valuelist[0]), clean_line) if valuelist else ""


class ProseField(TextField):
    """Several lines, cleaned, with the soft hyphens of their long words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Clean what was typed."""
        self.data = _with_breaks(str(valuelist[0]), clean_text) if valuelist else ""


class DayField(LineField):
    """A day written as 31.12.2021 or 2021-12-31; empty for none."""

    @property
    def day(self) -> date | None:
        """Give the day. Raises ValueError when it is none."""
        written = self.data or ""
        if not written:
            return None
        form = "%Y-%m-%d" if "-" in written else "%d.%m.%Y"
        return datetime.strptime(written, form).date()  # noqa: DTZ007 - a day has no zone

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no day."""
        try:
            day = self.day
        except ValueError:
            day = date.min
        if day and not 1900 <= day.year <= 2999:
            raise ValidationError(str(_("Write the day as day, month, year. Example: 31.12.2027")))


def _needed(_form: Any, field: Field) -> None:
    if not field.data:
        raise ValidationError(str(MISSING))


def promised_days(name: str, label: LazyString) -> LineField:
    """Give a field for a promise: a whole number of days."""
    low, high = PROMISE_LIMITS[name]

    def whole(_form: Any, field: Field) -> None:
        if not re.fullmatch(r"[0-9]{1,4}", field.data or "") or not low <= int(field.data) <= high:
            raise ValidationError(str(not_between(low, high)))

    return LineField(label, [whole])


def spoken(
    kind: type[NameField | ProseField] = NameField, *, required: bool = False
) -> tuple[NameField | ProseField, ...]:
    """Give one field for each language; only Finnish can be required."""
    return tuple(
        kind(TONGUES[code], [_needed] if required and code == DEFAULT_LANGUAGE else [])
        for code in LANGUAGES
    )


class EditForm(Form):
    """A form that knows how old its page is: `version` is the programme's when it was shown."""

    version = HiddenField()
    stale = False

    @classmethod
    def of(cls, draft: Any, **context: Any) -> Self:
        """Make the form with what is written now."""
        values: dict[str, Any] = {}
        for name, value in asdict(draft).items():
            values |= _spread(name, value)
        return cls.fresh(values, **context)

    @classmethod
    def fresh(cls, values: Mapping[str, Any], **context: Any) -> Self:
        """Make the form with these values for its fields."""
        return cls(data={"version": queries.snapshot().version, **values}, **context)

    @property
    def status(self) -> int:
        """Tell how the page with this form is answered: 200, 409 (somebody was faster) or 422."""
        return 409 if self.stale else 422 if self.errors else 200

    @property
    def seen(self) -> int:
        """Give the version of the programme that the page showed; -1 when it says nothing."""
        given = self.typed("version")
        return int(given) if re.fullmatch(r"[0-9]{1,9}", given) else -1

    def save(self, action: Callable[[], object], now: Callable[[], Self] | None = None) -> bool:
        """Run the action when the form is in order; tell whether it was done.

        When somebody was faster, the form keeps what was typed and can be sent again; `now` makes
        the form as it would be shown now, so that every field says where the two differ.
        """
        if not self.validate():
            return False
        try:
            self.attempt(action)
        except ConflictError as conflict:
            self.stale = True
            self.form_errors = [str(conflict.message)]
            queries.forget()
            self.version.data = str(queries.snapshot().version)
            if now is not None:
                self._compare(now())
        return not self.errors

    def _compare(self, current: "EditForm") -> None:
        for field in self:
            saved = current[field.name].data
            if field is not self.version and str(saved or "") != str(field.data or ""):
                value, label = _in_words(field, saved), field.label.text
                text = _("%(field)s, saved now: %(value)s", field=label, value=value)
                field.errors = [str(text)]

    def typed(self, name: str) -> str:
        """Give what was typed in a field or chosen in a list, "" for nothing."""
        return str(self[name].data or "")

    def texts(self, name: str) -> Texts:
        """Give what was typed in each language; languages without text are left out."""
        typed = {code: self[f"{name}_{code}"].data for code in LANGUAGES}
        return {code: text for code, text in typed.items() if text}


def _in_words(field: Field, value: Any) -> str:
    """Say what a field holds the way a reader of the page would."""
    if isinstance(value, bool):
        return str(_("ticked") if value else _("not ticked"))
    labels = {choice.value: choice.label for choice in getattr(field, "choices", None) or ()}
    return str(labels.get(value, value) or _("empty"))


def _spread(name: str, value: Any) -> dict[str, Any]:
    """Give the values of the fields of one fact."""
    if isinstance(value, dict):
        return {f"{name}_{code}": value.get(code, "") for code in LANGUAGES}
    if isinstance(value, date):
        return {name: f"{value.day}.{value.month}.{value.year}"}
    return {name: "\n".join(value) if isinstance(value, tuple) else value}
