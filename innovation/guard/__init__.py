"""A library that tells what a text should not show: `inspect(text)` gives places and kinds."""

from innovation.guard.findings import Finding, Findings, Kind
from innovation.guard.folding import fold
from innovation.guard.identity_code import identity_codes

__all__ = ["Finding", "Findings", "Kind", "inspect"]


def inspect(text: str) -> Findings:
    """Find everything that the guard looks for; offsets are those of `text` as given."""
    # A code needs nine digits (some signs fold to two or three); most texts have fewer.
    if sum(map(str.isnumeric, text)) < 3:
        return Findings()
    return Findings(tuple(sorted(identity_codes(fold(text)))))
