"""What ideas are assessed by, as a preset may say it: three to six criteria, or none."""

from pathlib import Path

import pytest

from innovation.programme.presets import PRESETS, PresetError, read_preset

ONE = '\n[[criteria]]\nid = "peruste-{0}"\nname.fi = "Vaiva"\nquestion.fi = "Miten?"\n'
pytestmark = pytest.mark.once


def written(folder: Path, number: int) -> Path:
    """Give the shipped preset with so many criteria and without its own, which are five."""
    shipped = (PRESETS / "popsote.toml").read_text(encoding="utf-8")
    parts = shipped.split("\n[[criteria]]\n")
    # The last of its own ends where the next table begins.
    rest = parts[-1][parts[-1].index("\n[[") :]
    path = folder / "koe.toml"
    made = "".join(ONE.format(place) for place in range(number))
    path.write_text(parts[0] + rest + made, encoding="utf-8")
    return path


@pytest.mark.parametrize("number", [0, 3, 6])
def test_three_to_six_criteria_or_none_are_taken(tmp_path: Path, number: int) -> None:
    assert len(read_preset(written(tmp_path, number)).criteria) == number


@pytest.mark.parametrize("number", [2, 7])
def test_fewer_and_more_are_refused(tmp_path: Path, number: int) -> None:
    with pytest.raises(PresetError) as refused:
        read_preset(written(tmp_path, number))
    assert [problem.key for problem in refused.value.problems] == ["criteria"]


def test_the_shipped_programme_asks_for_effect_equity_feasibility_cost_and_agreement() -> None:
    shipped = read_preset(PRESETS / "popsote.toml")
    assert [one.id for one in shipped.criteria] == [
        "effect",
        "equity",
        "feasibility",
        "cost",
        "agreement",
    ]
    assert [one.id for one in shipped.impact_tags] == ["access", "joint_work", "participation"]
