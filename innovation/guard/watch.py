"""What a programme may tell the guard: kinds to leave out, and what is public where it works."""

from dataclasses import dataclass, field

from innovation.guard.findings import Kind

# Numbers that are printed everywhere: help lines, the switchboard of the university hospital.
SERVICE_NUMBERS = frozenset(
    """
    112 116117 116111 116006 116123 0925250111 080005005 0800144004 083152011 0831520
    0800147111
    """.split()
)


@dataclass(frozen=True)
class Watch:
    """Settings of a programme. No setting releases an identity code.

    left_out: kinds that are not looked for. numbers: published telephone numbers, in any form.
    places: published names of streets and units, such as "Kontinkangas" and "Villa Aino".
    office_holders: full names of those whose public task is spoken of.
    """

    left_out: frozenset[Kind] = frozenset()
    numbers: frozenset[str] = field(default=SERVICE_NUMBERS)
    places: frozenset[str] = frozenset()
    office_holders: frozenset[str] = frozenset()

    def looks_for(self, kind: Kind) -> bool:
        """Whether this kind is looked for."""
        return kind in (Kind.HETU, Kind.HETU_LIKE) or kind not in self.left_out

    def publishes(self, digits: str) -> bool:
        """Whether a telephone number, as mere digits, is a published one."""
        return digits in self.numbers or digits in {
            "".join(filter(str.isdigit, number)) for number in self.numbers
        }
