"""The figures count marks that are met, marks that meet nothing, and clean texts left alone."""

import json
from pathlib import Path

import pytest

from bench.quality_guard import Share, measure, read_set

pytestmark = pytest.mark.once


def test_found_and_false_marks_are_counted(tmp_path: Path) -> None:
    phone = {"start": 9, "end": 20, "kind": "phone", "blocks": False}
    rows = [
        {"text": "Soittaka 040 1234567.", "spans": [phone], "doors": [], "urgent": False},
        {"text": "Numero 040 1234567.", "spans": [], "doors": [], "urgent": False},
        {"text": "Ei mitään.", "spans": [phone], "doors": ["crisis"], "urgent": True},
        {"text": "Penkkejä lisää.", "spans": [], "doors": [], "urgent": False},
    ]
    file = tmp_path / "set.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    result = measure(read_set(file))
    assert result.kinds["phone"] == Share(expected=2, found=1, false=1)
    assert result.doors["crisis"] == result.urgent == Share(expected=1, found=0, false=0)
    assert (result.texts, result.clean, result.clean_marked) == (4, 2, 1)
