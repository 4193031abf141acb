"""Bodies, fields and texts that are made to be expensive are refused or done with quickly."""

import gzip
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.guard import inspect
from tests.real.people import signed_in

MILLION = 1_000_000


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: FlaskClient) -> None:
    for path in ("/ideas", "/sign-in", "/accessibility/feedback"):
        assert client.post(path, data={"text": "a" * (MILLION + 1)}).status_code == 413


def packed(*parts: tuple[str, bytes]) -> bytes:
    """Give a body of parts, as browsers send files. Of each part its head and what is in it."""
    return (
        b"".join(
            b"--x\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (head.encode(), body)
            for head, body in parts
        )
        + b"--x--\r\n"
    )


@pytest.mark.parametrize(
    "body",
    [
        packed(('name="text"; filename="idea.txt"', b"a" * 2 * MILLION)),
        packed(*((f'name="part{n}"', b"a") for n in range(1_100))),
        packed(('name="text"', b"a" * 500_000)),
    ],
    ids=["a large file", "many parts", "a large field"],
)
def test_an_upload_is_refused_however_it_is_packed(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/ideas", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413


def test_a_form_with_too_many_fields_costs_little(client: FlaskClient) -> None:
    body = "&".join(f"f{n}[a][b][c]=1" for n in range(40_000))
    began = time.process_time()
    answer = client.post("/ideas", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {413, 422}
    assert time.process_time() - began < 5


def test_a_packed_body_is_not_unpacked(client: FlaskClient) -> None:
    bomb = gzip.compress(b"text=" + b"a" * 50 * MILLION)
    began = time.process_time()
    answer = client.post(
        "/ideas",
        data=bomb,
        headers={"Content-Encoding": "gzip"},
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code in {413, 422}
    assert time.process_time() - began < 2


@pytest.mark.parametrize("path", ["/search", "/ideas", "/ideas/similar", "/suggest"])
def test_a_long_question_costs_little(client: FlaskClient, path: str) -> None:
    began = time.process_time()
    for question in ("a " * 3_000, "((((" * 1_500, "kuntoutus*" * 600, '"' * 6_000, "ää-" * 1_000):
        assert client.get(path, query_string={"q": question}).status_code < 500
    assert time.process_time() - began < 20


COSTLY = ("1", "a@", "010101-", "www.", "Maija ", "- \n", "+358 ", "https://", "((")


@pytest.mark.once
@pytest.mark.parametrize(
    "text", [sign * (20_000 // len(sign)) for sign in COSTLY], ids=lambda text: repr(text[:8])
)
def test_a_crafted_text_does_not_stop_the_check(text: str) -> None:
    inspect("hei")
    began = time.process_time()
    inspect(text)
    assert time.process_time() - began < 10


def test_an_address_with_a_thousand_choices_is_answered(app: Flask, database: object) -> None:
    own, _who = signed_in(app)
    query = "&".join(f"area=a{n}&sub_project=b{n}&state=c{n}" for n in range(300))
    began = time.process_time()
    assert own.get(f"/ideas?{query}").status_code < 500
    assert time.process_time() - began < 5
