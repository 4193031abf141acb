"""PostgreSQL's index, asked by a page as it is served: where nothing is in a transaction yet."""

import pytest
from flask import Flask

from innovation.core import transaction
from innovation.search import postgres_rows
from tests.real import installation


@pytest.mark.skipif(not installation.on_postgresql(), reason="of PostgreSQL's engine")
def test_the_index_answers_whoever_only_reads(app: Flask) -> None:
    with app.app_context(), transaction.reading():
        question = "SELECT number FROM search_documents WHERE number = %(number)s"
        assert postgres_rows.ask(question, {"number": 0}, along=True) == []
