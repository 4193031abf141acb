"""What measures the platform counts rightly: processes, answers, floors, and both reports."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench import accounting, floors, growth_report, platform_report, served
from bench.asking import Request, UnexpectedAnswerError, crowd, percentile
from bench.rounds import Taken
from tests.web.test_server import ENDS, until

pytestmark = pytest.mark.once

KEY = "list, first page · nameless · anew"


def test_a_process_counts_with_what_it_began_and_what_it_used() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert {os.getpid(), child.pid} <= accounting.tree(os.getpid())
        assert sum(accounting.memory([child.pid])) > 0
        child.communicate(b"\n")
    assert accounting.memory([child.pid]) == []
    meter = accounting.Meter(os.getpid())
    sum(number * number for number in range(300_000))
    used = meter.used()
    assert used.whole == used.service > 0
    others = accounting.tree(os.getpid())  # a browser of another test may be at work
    assert accounting.Meter(os.getpid(), without=others).used().whole == 0


def test_the_floors_are_served_and_asked_and_a_wrong_answer_stops_everything(
    tmp_path: Path,
) -> None:
    with served.beside(tmp_path) as beside, crowd(beside.url, 2) as visitors:
        for path in floors.FLOORS.values():
            answers = visitors.share([Request(path)] * 4)
            assert len(answers) == 4
            assert all(18_000 < answer.size < 26_000 for answer in answers)
            assert all(answer.milliseconds > 0 for answer in answers)
        with pytest.raises(UnexpectedAnswerError, match="/nowhere answered 404 and not 200"):
            visitors.each([Request("/nowhere")])
        until(lambda: len(accounting.tree(beside.pid)) == 3, ENDS)


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(one) for one in range(1, 101)]
    assert [percentile(values, part) for part in (0.5, 0.95, 0.99)] == [51.0, 96.0, 100.0]
    assert percentile([3.0], 0.99) == 3.0


def figures(ratio: float, megabytes: int = 300) -> dict[str, Any]:
    job = Taken(3, "36", [ratio], [0.0], [ratio], [1.0, 2.0], [8_000])
    floor = Taken(None, "–", [1.0], [0.0], [1.0], [1.0], [20_000])
    return {
        "date": "2026-01-31",
        "amounts": [500, 2_500, 1_000, 10_000],
        "jobs": {"floor c": floor.in_short(), KEY: job.in_short()},
        "at_rest": 5.0,
        "published_at_once": 4,
        "statements": {KEY: 4},
        "trades": {KEY: {"asking the database": 0.25, "everything else": 0.75}},
        "memory": {"pyvoikko": [[megabytes], []], "floors": [[60], []]},
        "speed": 9.5,
    }


def test_the_report_tells_misses_and_is_read_again(tmp_path: Path) -> None:
    report = tmp_path / "performance.md"
    old = {"sqlite": figures(2.0)}
    report.write_text(platform_report.told(old, [], platform_report.machine(1.0)), encoding="utf-8")
    assert platform_report.read_figures(report) == old
    assert "Every goal of CPU is met." in report.read_text(encoding="utf-8")
    new = {"sqlite": figures(4.0, megabytes=600)}
    worse = platform_report.worse(old, new)
    assert [line.partition(":")[2].partition("→")[0].strip() for line in worse] == [
        f"ratio of {KEY} (500 ideas) 2.00",
        "memory with pyvoikko, MB 300.00",
    ]
    told = platform_report.told(new, worse, "a machine")
    assert "| list, first page | nameless | ≤ 3 | **4.00** | 36 |" in told
    assert f"| sqlite | {KEY} | 4.00 (3) | 1.00 | 3.00 | 0.00 |" in told
    assert "| memory with pyvoikko, MB | – | ≤ 550 | **600** | 206–870 |" in told
    assert "not here" in told


def test_figures_of_the_search_alone_are_not_taken_for_those_of_the_platform(
    tmp_path: Path,
) -> None:
    report = tmp_path / "performance.md"
    report.write_text('<!-- figures\n{"sqlite:1000": {"ideas": 1000}}\n-->\n', encoding="utf-8")
    assert platform_report.read_figures(report) == {}


def test_growth_beyond_the_goal_is_bold_but_for_searching(tmp_path: Path) -> None:
    def size(ideas: int, cost: float) -> dict[str, Any]:
        cpu = {"after a support": {"p50": cost, "mean": cost, "most": cost}}
        job = {"cpu": cpu, "statements": 4, "plans": ["ideas: Index Scan using ix on ideas"]}
        return {
            "database": "postgresql",
            "ideas": ideas,
            "date": "2026-01-31",
            "commit": "abc1234",
            "speed": 9.5,
            "jobs": {"list, first page": job, "search, one word": job},
        }

    report = tmp_path / "performance-growth.md"
    given = {"postgresql:1000": size(1_000, 2.0), "postgresql:10000": size(10_000, 4.0)}
    told = growth_report.told(given, "a machine")
    report.write_text(told, encoding="utf-8")
    assert growth_report.read_figures(report) == given
    assert "| list, first page, after a support | 2.00 | 4.00 | **2.00** | 4 |" in told
    assert "| search, one word, after a support | 2.00 | 4.00 | 2.00 | 4 |" in told
    assert "10,000 on 2026-01-31 at abc1234" in told
