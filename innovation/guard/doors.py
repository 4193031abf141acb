"""Tells where else a text should go, and whether somebody is in danger now."""

from collections.abc import Iterator

from innovation.guard.findings import Door
from innovation.guard.phrases import Place, phrases_in
from innovation.guard.reading import Text

_BY_PHRASES = (
    Door.URGENT_CARE,
    Door.COMPLAINT,
    Door.APPEAL,
    Door.INITIATIVE,
    Door.GRIEVANCE,
    Door.OCCUPATIONAL_SAFETY,
    Door.WHISTLEBLOWING,
    Door.INVENTION,
)


def doors_of(text: Text) -> tuple[tuple[Door, ...], bool]:
    """Give the doors, those that cannot wait first, and whether anybody is in danger."""
    urgent = tuple(_urgent(text))
    return (*urgent, *_harm(text), *_others(text, urgent)), bool(urgent)


def _urgent(text: Text) -> Iterator[Door]:
    over = _sentences(text, "long_over") - _sentences(text, "not_over")
    for door, name in ((Door.EMERGENCY, "danger"), (Door.CRISIS, "self_harm")):
        if any(place.first.sentence not in over for place in _signs(text, name)):
            yield door


def _signs(text: Text, name: str) -> Iterator[Place]:
    """Give the places of a list, and of its lists for a whole sentence and for two."""
    yield from phrases_in(text, name)
    yield from phrases_in(text, f"{name}_here", near=False)
    yield from phrases_in(text, f"{name}_far", sentences=2, near=False)


def _sentences(text: Text, name: str) -> set[int]:
    """Give the numbers of the sentences that have a phrase of a list, wherever its words stand."""
    return {place.first.sentence for place in phrases_in(text, name, near=False)}


def _harm(text: Text) -> Iterator[Door]:
    """Give the door of what went wrong in care: the staff report it elsewhere than patients do."""
    if _speaks_of(text, "incident"):
        yield Door.INCIDENT
    elif _speaks_of(text, "event"):
        # "I noticed" and "the shift" are everybody's words where it was done to the writer. "By me"
        # stands both where somebody forgot and where something was taken: minulta.
        by_staff = (
            "staff" in text.where
            or any(phrases_in(text, "own_slip"))
            or ("perhaps_staff" in text.where and "for_me" not in text.where)
            or ("client" in text.where and "cared_for" not in text.where)
        )
        yield Door.INCIDENT if by_staff else Door.PATIENT_SAFETY


def _others(text: Text, urgent: tuple[Door, ...]) -> Iterator[Door]:
    for door in _BY_PHRASES:
        # Who is in danger does not need the telephone number for the evening as well.
        if not (urgent and door is Door.URGENT_CARE) and _speaks_of(text, door.value):
            yield door


def _speaks_of(text: Text, name: str) -> bool:
    """Look for the phrases of a list over two sentences, and of its other list in one alone."""
    return any(phrases_in(text, name, sentences=2, near=False)) or any(
        phrases_in(text, f"{name}_here", near=False)
    )
