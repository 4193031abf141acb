"""The kinds of things that are searched, as links over what was found."""

from dataclasses import dataclass

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.ideas.filters import IdeaFilter
from innovation.search.queries import Results
from innovation.search.work_results import IDEAS, FoundWorks
from innovation.search.works import EXPERIMENTS, MODELS

KIND_LABELS: dict[str, LazyString] = {
    "": _("All"),
    IDEAS: _("Ideas"),
    EXPERIMENTS: _("Experiments"),
    MODELS: _("Operating models"),
}


@dataclass(frozen=True, slots=True)
class KindChoice:
    """A link to one kind alone, or to everything (""), which has no count."""

    kind: str
    label: LazyString
    href: str
    current: bool
    count: int | None


def kinds_of(
    wanted: IdeaFilter, results: Results, works: FoundWorks, path: str
) -> tuple[KindChoice, ...]:
    """Give a link for everything and one for each kind with its count; none without words."""
    if not results.searched:
        return ()
    every = wanted.changed(kind="").address(path)
    counts = {IDEAS: results.page.total, **works.counts}
    return tuple(
        KindChoice(
            kind,
            label,
            f"{every}&kind={kind}" if kind else every,
            kind == wanted.kind,
            counts.get(kind),
        )
        for kind, label in KIND_LABELS.items()
    )
