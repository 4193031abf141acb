"""What somebody wrote comes back when it could not be handled, and nothing that was only chosen."""

from flask import Flask

from innovation.web import errors


def test_every_text_of_a_long_form_comes_back_without_its_choices(app: Flask) -> None:
    written = {f"criterion_c{n}_sentence": f"Lause {n}" for n in range(20)}
    written |= {"text": "Perustelu", "about": "Mistä", "step_on": "1.2.2027"}
    chosen = {f"criterion_c{n}": "much" for n in range(20)}
    chosen |= {"kind": "other", "promise": "decision", "verdict": "accept", "kind_1": "name"}
    chosen |= {"existing": "3", "impact_tags": "time", "case-7-state": "done", "case-7-seen": "x"}
    with app.test_request_context("/", method="POST", data=chosen | written):
        assert sorted(errors._typed()) == sorted(written.values())
    many = {f"text_{n}": f"Teksti {n}" for n in range(60)}
    with app.test_request_context("/", method="POST", data=many):
        assert len(errors._typed()) == 40
