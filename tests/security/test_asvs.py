"""The table of docs/security.md is whole, and every test that it names is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"\| (V\d+\.\d+\.\d+) \| (met|not applicable|not met) \| (.+) \|")
NAMED = re.compile(r"`(tests/[\w/]+(?:\.py)?)(?:::(\w+))?`")
# The requirements of levels 1 and 2, by section.
NUMBERS = """
1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2
2.1:1-3 2.2:1-3 2.3:1-4 2.4:1
3.2:1-2 3.3:1-4 3.4:1-6 3.5:1-5 3.7:1-2
4.1:1-3 4.2:1 4.3:1-2 4.4:1-4
5.1:1 5.2:1-3 5.3:1-2 5.4:1-3
6.1:1-3 6.2:1-12 6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 6.8:1-4
7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2
8.1:1-2 8.2:1-3 8.3:1 8.4:1
9.1:1-3 9.2:1-4
10.1:1-2 10.2:1-2 10.3:1-4 10.4:1-11 10.5:1-5 10.6:1-2 10.7:1-3
11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1 11.6:1
12.1:1-3 12.2:1-2 12.3:1-4
13.1:1 13.2:1-5 13.3:1-2 13.4:1-5
14.1:1-2 14.2:1-4 14.3:1-3
15.1:1-3 15.2:1-3 15.3:1-7
16.1:1 16.2:1-5 16.3:1-4 16.4:1-3 16.5:1-3
17.1:1 17.2:1-4 17.3:1-2
"""


def wanted() -> list[str]:
    numbers = []
    for section, _, spans in (word.partition(":") for word in NUMBERS.split()):
        for span in spans.split(","):
            first, _, last = span.partition("-")
            numbers += [f"V{section}.{n}" for n in range(int(first), int(last or first) + 1)]
    return numbers


def rows() -> list[tuple[str, str, str]]:
    page = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    return [found.groups() for found in map(ROW.fullmatch, page.splitlines()) if found]  # type: ignore[misc]


@cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))


def test_every_requirement_of_levels_1_and_2_is_there_once() -> None:
    assert [number for number, _state, _reason in rows()] == wanted()


@pytest.mark.parametrize(("number", "state", "reason"), rows())
def test_every_test_that_is_named_exists(number: str, state: str, reason: str) -> None:
    for name, function in NAMED.findall(reason):
        path = ROOT / name
        assert path.exists(), f"{number}: {name}"
        if function:
            assert function in functions_of(path), f"{number}: {function}"
    assert len(NAMED.sub("", reason).strip()) > 5, f"{number}: say why"
