"""What a preset file says of ready reasons is checked with line and key, like the rest of it."""

from pathlib import Path

import pytest

from innovation.programme.presets import PRESETS, PresetError, read_preset

SHIPPED = (PRESETS / "popsote.toml").read_text()


def problems(tmp_path: Path, rows: str) -> list[str]:
    """Give what is wrong with the shipped preset when these rows stand at its end."""
    file = tmp_path / "popsote.toml"
    file.write_text(f"{SHIPPED}\n{rows}")
    with pytest.raises(PresetError) as caught:
        read_preset(file)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("rows", "key", "says"),
    [
        ('use = "praise"\ntext.fi = "Kiitos."', "use", "“praise” is not one of: return, hide"),
        ('use = "ask"\ntext.fi = "Hei {nimi}."', "text.fi", "“{nimi}” is not a placeholder"),
        ('use = "ask"\ntext.fi = "Hei."\ntext.sv = "Hej {title"', "text.sv", "“{title” is not"),
        ('use = "ask"\ntext.sv = "Hej."', "text.fi", "this is missing"),
        ('use = "ask"\ntext.fi = "Hei."\nplace = 3', "place", "is not known here"),
    ],
)
def test_every_mistake_is_named_with_its_line_and_key(
    tmp_path: Path, rows: str, key: str, says: str
) -> None:
    (found,) = problems(tmp_path, f"[[reasons]]\n{rows}\n")
    number = SHIPPED.count("[[reasons]]")
    assert f"reasons[{number}].{key}: " in found
    assert says in found
    lines = f"{SHIPPED}\n[[reasons]]\n{rows}\n".splitlines()
    line = int(found.split(",")[0].removeprefix("line "))
    assert key in lines[line - 1] or lines[line - 1] in {"[[reasons]]", 'text.sv = "Hej."'}


def test_a_preset_without_reasons_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "popsote.toml"
    before, _, after = SHIPPED.partition("[[reasons]]")
    file.write_text(before + after[after.index("\n[[words]]") :])
    assert read_preset(file).reasons == ()
