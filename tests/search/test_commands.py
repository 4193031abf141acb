"""The command line of search: the whole anew, compared, asked line by line, words of a text."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from innovation import language
from innovation.core.db import db
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.search import actions, documents, upkeep
from innovation.search.engine import Document, State
from innovation.search.generations import Filling
from innovation.search.index_files import alone
from tests.conftest import Unit
from tests.real import installation
from tests.real.ideas import idea
from tests.real.server import ROOT
from tests.search.test_engines import Asked, words
from tests.search.test_upkeep import Indexed, embedded, in_database

Run = Callable[..., Result]

# None of these is anything that somebody may be told off for.
ODD_LINES = [
    "", " ", "a", "7", "\"", "'''", '"loputon', "-", "-ei", "OR", "taksi OR", "()", "*", "\\", "%",
    "_", "🚑🚑", "\u200b", "PS-2026-9999", "taksi\u2028ovi", "taksi\x85ovi", "taksi\x0bovi",
    "e\u0301 å", "taksi " * 1_700, "ä" * 10_000, "taksi\x00ovi", '{"q": 1}', "<b>taksi</b>",
    "ﬁ Ⅷ ½",
]  # fmt: skip


@pytest.fixture
def run(app: Flask) -> Run:
    """Run `flask WORDS` with an input of these lines."""
    runner = app.test_cli_runner()

    def invoke(*arguments: str, lines: Sequence[str] = (), raw: bytes = b"") -> Result:
        given = raw or "".join(f"{line}\n" for line in lines).encode()
        result = runner.invoke(args=list(arguments), input=given)
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    return invoke


def told(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout_bytes.decode().split("\n")[:-1]]


def found(result: Result) -> list[object]:
    return [line["found"] for line in told(result)]


def test_rebuild_tells_its_progress_beside_the_result(
    run: Run, asked: Asked, same: Callable[[], bool], writing: Unit
) -> None:
    with writing():
        for number in range(205):
            idea(text=f"Taksi numero {number} ei löydä ovea.")
        idea(text="Salassa.", visibility=Visibility.WAITING)
    rebuilt = run("search", "rebuild")
    assert rebuilt.exit_code == 0, rebuilt.output
    assert rebuilt.stdout == ""
    assert rebuilt.stderr.splitlines()[-2:] == ["200 / 205", "205 ideas indexed"]
    assert same()


@embedded
def test_a_rebuild_does_not_wait_for_another(run: Run, asked: Asked, folder: Path) -> None:
    with alone(folder / "index.lock"):
        busy = run("search", "rebuild")
    assert busy.exit_code == 1
    assert "Try again" in busy.stderr


@in_database
def test_a_second_rebuild_is_told_of_the_first(run: Run, asked: Asked, app: Flask) -> None:
    with app.app_context():
        filling = Filling("somebody")
    busy = run("search", "rebuild")
    assert busy.exit_code == 1
    assert "Try again" in busy.stderr
    with app.app_context():
        filling.give_up()


def test_check_puts_right_what_differs_and_says_how_many(
    run: Run, asked: Asked, same: Callable[[], bool], writing: Unit, indexed: Indexed
) -> None:
    with writing():
        numbers = [idea(text=f"Taksi numero {turn} ei löydä ovea.") for turn in range(4)]
    indexed()
    assert run("search", "check").stdout == (
        "The index was sound; 0 ideas differed and were put right.\n"
    )
    asked.apply([numbers[0]], [])
    asked.apply([999_999], [Document(999_999, "s", {})])
    with writing():
        changed = db.session.get_one(Idea, numbers[1])
        changed.text = "Juna ei löydä ovea."
        db.session.get_one(Idea, numbers[2]).visibility = Visibility.HIDDEN
    assert not same()
    assert "sound; 4 ideas differed" in run("search", "check").stdout
    assert same()
    assert asked.find(words("juna")).every == [numbers[1]]
    assert "sound; 0 ideas differed" in run("search", "check").stdout


@embedded
def test_check_makes_a_damaged_index_anew(
    run: Run, asked: Asked, same: Callable[[], bool], folder: Path
) -> None:
    (folder / "index" / "made.json").write_text("?")
    assert "The index was broken" in run("search", "check").stdout
    assert asked.state() is State.SOUND
    assert same()


@embedded
def test_check_and_find_wait_for_whoever_writes(
    run: Run, asked: Asked, folder: Path, writing: Unit
) -> None:
    with writing():
        idea(text="Taksi ei löydä ovea.", external_reference="kysely-1")
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with alone(folder / "index.lock"):
            held.set()
            free.wait(1.0)

    for command in (["search", "find"], ["search", "check"]):
        other = threading.Thread(target=hold)
        other.start()
        assert held.wait(10)
        asked.engine._let_go()  # type: ignore[attr-defined]
        answer = run(*command, lines=["taksin"])
        other.join()
        held.clear()
        assert answer.exit_code == 0, answer.output
    assert found(run("search", "find", lines=["taksin"])) == [["kysely-1"]]


def test_find_brings_the_index_up_to_date_and_answers_line_by_line(
    run: Run, asked: Asked, writing: Unit, reading: Unit
) -> None:
    with writing():
        own = idea(text="Taksi ei löydä ovea.")
        idea(text="Taksi tuli.", external_reference="kysely-7")
        idea(text="Neuvola.")
        idea(text="Taksi salassa.", visibility=Visibility.HIDDEN)
    with reading():
        reference = db.session.scalar(select(Idea.reference).where(Idea.id == own))
    queries = ["taksin", "", "xyzzy", "TAKSI TULI", " taksi "]
    lines = told(run("search", "find", raw="\n".join(queries).encode()))
    assert [line["q"] for line in lines] == queries
    assert sorted(lines[0]["found"]) == sorted([reference, "kysely-7"])  # type: ignore[call-overload]
    assert lines[1]["found"] == lines[2]["found"] == []
    assert lines[3]["found"] == ["kysely-7", reference]
    assert lines[4]["found"] == lines[0]["found"]
    assert len(told(run("search", "find", "--top", "1", lines=["taksi"]))[0]["found"]) == 1  # type: ignore[arg-type]
    assert run("search", "find", "--top", "0", lines=["taksi"]).exit_code == 2
    assert run("search", "find", raw=b"\r\n").stdout == '{"q": "", "found": []}\n'


def test_find_takes_whatever_is_typed(run: Run, asked: Asked, writing: Unit) -> None:
    with writing():
        idea(text="Taksi ei löydä ovea.", external_reference="kysely-1")
    lines = told(run("search", "find", lines=ODD_LINES))
    assert [line["q"] for line in lines] == ODD_LINES
    assert lines[ODD_LINES.index("taksi " * 1_700)]["found"] == ["kysely-1"]
    assert lines[ODD_LINES.index("taksi\x00ovi")]["found"] == ["kysely-1"]
    broken = told(run("search", "find", raw=b"taksi \xff\xfe\n\xc3\ntaksi\r\ntaksi"))
    assert [line["q"] for line in broken] == ["taksi \ufffd\ufffd", "\ufffd", "taksi", "taksi"]
    assert [line["found"] for line in broken][2:] == [["kysely-1"]] * 2


def test_what_was_missed_is_listed_with_the_most_frequent_first(run: Run, writing: Unit) -> None:
    assert run("search", "missed").stdout == ""
    with writing():
        for searched in ("yölaukku", "sumutorvi", "sumutorvi"):
            actions.note_missed(searched)
    lines = [line.split("\t") for line in run("search", "missed").stdout.splitlines()]
    assert [(line[0], line[2]) for line in lines] == [("2", "sumutorvi"), ("1", "yölaukku")]
    assert len(run("search", "missed", "--top", "1").stdout.splitlines()) == 1


def test_terms_come_line_by_line_and_once_each(run: Run, asked: Asked) -> None:
    texts = ["kotihoidossa", "", "kotihoito kotihoidon", "   ", "Pohteen"]
    of_texts = run("language", "terms", lines=texts).stdout.split("\n")[:-1]
    of_queries = run("language", "terms", "--query", lines=texts).stdout.split("\n")[:-1]
    assert len(of_texts) == len(of_queries) == len(texts)
    for line in (*of_texts, *of_queries):
        assert len(line.split(" ")) == len(set(line.split(" ")))
    assert {"kotihoito", "koti", "hoito"} <= set(of_texts[0].split())
    assert "kotihoito" in of_queries[0].split()
    assert "koti" not in of_queries[0].split()
    assert of_texts[1] == of_queries[1] == of_texts[3] == of_queries[3] == ""
    assert "pohde" in of_texts[4].split()
    for more in ([], ["--query"], ["--language", "sv"], ["--language", "de"]):
        given = run("language", "terms", *more, lines=ODD_LINES)
        assert given.exit_code == 0
        assert len(given.stdout_bytes.decode().split("\n")) == len(ODD_LINES) + 1
        assert len(given.stdout.splitlines()) == len(ODD_LINES)


def test_words_of_the_programme_are_known_whoever_told_others_meanwhile(
    run: Run, asked: Asked
) -> None:
    run("language", "terms", lines=["Pohteen"])
    language.know(())
    assert "pohde" in run("language", "terms", lines=["Pohteen"]).stdout.split()


def test_standard_output_carries_nothing_but_the_answers(tmp_path: Path) -> None:
    """As it is really run: in a process of its own, on a new installation without any index."""
    variables = {**installation.environment(tmp_path / "instance", "commands")}
    installation.let_go(installation.installed(variables))
    command = [sys.executable, "-m", "flask", "--app", "wsgi"]

    def flask(*arguments: str, given: bytes) -> bytes:
        done = subprocess.run(
            [*command, *arguments], cwd=ROOT, env=variables, input=given, capture_output=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()[-3000:]
        return done.stdout

    answered = flask("search", "find", given="äiti\n\nx".encode())
    assert [json.loads(line) for line in answered.splitlines()] == [
        {"q": text, "found": []} for text in ("äiti", "", "x")
    ]
    assert flask("language", "terms", "--query", given=b"\n").decode() == "\n"


def test_nothing_waits_after_find(run: Run, asked: Asked, app: Flask, writing: Unit) -> None:
    with writing():
        idea(text="Taksi ei löydä ovea.")
    run("search", "find", lines=["taksi"])
    with app.app_context():
        assert asked.stamps() == documents.stamps()
        assert upkeep.state_of(asked.engine) is State.SOUND


def test_similar_ideas_are_found_for_each_line(run: Run, asked: Asked, writing: Unit) -> None:
    with writing():
        idea(text="Kotihoidosta käy joka päivä eri ihminen.", external_reference="K-1")
        idea(text="Röntgenin jono kiertää käytävän.", external_reference="K-2")
    lines = [
        json.dumps({"id": "a", "text": "Hoitaja vaihtuu aina, kukaan ei ole tuttu."}),
        json.dumps({"id": "K-2", "text": "Röntgenin jono kiertää käytävän."}),
        json.dumps({"id": 7, "text": ""}),
    ]
    first, second, empty = told(run("similar", "find", "--top", "1", lines=lines))
    assert first["id"] == "a"
    [best] = first["similar"]  # type: ignore[misc]
    assert best["reference"] == "K-1"
    assert best["score"] > 0
    assert best["shared"][0] == "työntekijä vaihtuu, tuttua ei ole"
    # An idea is not like itself.
    assert "K-2" not in [one["reference"] for one in second["similar"]]  # type: ignore[attr-defined]
    assert empty == {"id": "7", "similar": []}


@pytest.mark.parametrize("line", ["{", "[]", "7", '{"id": 1}', '"id"', "null"])
def test_a_line_that_is_no_question_is_named(run: Run, asked: Asked, line: str) -> None:
    result = run("similar", "find", lines=[line])
    assert result.exit_code == 1
    assert f"no line of JSON with id and text: {line}" in result.output
