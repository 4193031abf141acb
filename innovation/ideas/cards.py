"""Keeps finished pieces of lists, so that a page is mostly put together from what is ready."""

from collections.abc import Callable, Hashable

from markupsafe import Markup

from innovation.core import clock
from innovation.programme.queries import snapshot
from innovation.web.locale import language

_MOST_KEPT = 4_000
_kept: dict[tuple[Hashable, ...], Markup] = {}


def kept(render: Callable[..., Markup], *given: Hashable) -> Markup:
    """Give what a macro makes of these values, from memory when it has been made before.

    The values themselves are the key, so nothing kept can be out of date. The macro must depend on
    nothing else but the language, the day and the programme: nothing personal, no token.
    """
    key = (render.name, language(), clock.today(), snapshot().version, *given)  # type: ignore[attr-defined]
    made = _kept.get(key)
    if made is None:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        made = _kept[key] = render(*given)
    return made
