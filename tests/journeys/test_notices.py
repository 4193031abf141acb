"""A resident hears of much: a few mails, the rest in one digest, and one press ends it."""

import email
import email.policy
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from urllib.request import urlopen

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import update

from innovation.accounts.models import Account
from innovation.core import clock, transaction
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.core.permissions import Person, System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import visible_idea
from innovation.moderation.actions import publish_idea
from innovation.notifications import wishes
from innovation.notifications.choices import Choice
from innovation.notifications.delivery import make_digests
from innovation.notifications.digests import week_begins
from innovation.web.application import create_app
from tests.journeys import steps
from tests.journeys.windows import Street
from tests.real import installation
from tests.real.ideas import idea
from tests.real.people import key_of_session, person
from tests.real.server import LiveServer

LONGEST_WAIT = 60.0
IDEAS, CEILING = 6, 4


@pytest.fixture
def same(live_server: LiveServer) -> Iterator[Flask]:
    """The served installation from here."""
    app = create_app(Settings.from_environment(live_server.variables))
    yield app
    installation.let_go(app)


def mails_to(server: LiveServer, address: str, how_many: int) -> list[EmailMessage]:
    """Wait until so many mails to somebody are written, and give them in their order."""
    end = time.monotonic() + LONGEST_WAIT
    while True:
        paths = sorted((server.folder / "mail").glob("*.eml"))
        policy = email.policy.default
        found = [email.message_from_bytes(path.read_bytes(), policy=policy) for path in paths]
        own = [message for message in found if message["To"] == address]
        if len(own) >= how_many or time.monotonic() > end:
            assert len(own) == how_many
            return own
        time.sleep(0.2)


def much_happens(app: Flask, address: str) -> Person:
    """Publish more of somebody's ideas, two weeks ago, than they want mails in a month."""
    with (
        app.app_context(),
        clock.frozen_at(clock.now() - timedelta(days=15)),
        transaction.writing(),
    ):
        who = person(email=address)
        db.session.execute(
            update(Account).where(Account.id == who.id).values(email_confirmed_at=clock.now())
        )
        wishes.choose(who, Choice(quiet_from=7, quiet_until=7, ceiling=CEILING))
        for _ in range(IDEAS):
            publish_idea(System("test"), visible_idea(who, idea(who, Visibility.WAITING)))
    return who


def the_week_begins(app: Flask) -> None:
    """Let the digests of this week be made, or on Monday's early morning those of the last."""
    with app.app_context():
        early = clock.now() < week_begins(app.extensions["settings"])
        with clock.frozen_at(clock.now() - timedelta(days=early)):
            make_digests()


def html_of(message: EmailMessage) -> str:
    """Give the part of a mail that most programs show."""
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def press_in_the_mail_program(message: EmailMessage) -> int:
    """Stop such mails as a mail program does, without any session; gives the status (RFC 8058)."""
    said = message["List-Unsubscribe-Post"].encode()
    with urlopen(message["List-Unsubscribe"].strip("<>"), said, timeout=10) as answer:
        return int(answer.status)


def test_mails_up_to_the_ceiling_then_one_digest_and_one_press_to_stop(
    live_server: LiveServer, same: Flask, with_script: Street, account: Callable[[str], str]
) -> None:
    address, window = "kooste@posti.example", with_script.window()
    page, who = window.page, much_happens(same, address)
    single = mails_to(live_server, address, CEILING)[0]
    the_week_begins(same)
    digest = mails_to(live_server, address, CEILING + 1)[-1]
    page.set_content(html_of(digest))
    expect(page.get_by_role("listitem").filter(has_text="Ideasi PS-")).to_have_count(
        IDEAS - CEILING
    )
    expect(page.get_by_text("joten näistä 2")).to_be_visible()

    assert press_in_the_mail_program(single) == 200
    key = key_of_session(same, who)
    window.context.add_cookies([{"name": "session", "value": key, "url": live_server.url}])
    window.go("/profile/notices")
    expect(page.locator("select[name=way_own]")).to_have_value("never")
    window.go("/notices")
    expect(page.locator(".matter-rows > li")).to_have_count(IDEAS)
    page.locator("main form button").first.click()
    expect(page.locator("main form")).to_have_count(0)

    stranger = with_script.window()
    stranger.page.set_content(html_of(digest))
    stranger.page.get_by_role("link", name="Lopeta nämä viestit").click()
    stranger.glance("stopping mails")
    stranger.page.locator("main form button").first.click()
    expect(stranger.page).to_have_url(re.compile("/done"))
    stranger.glance("mails have stopped")
    window.go("/profile/notices")
    expect(page.locator("input[name=pace][value=never]")).to_be_checked()

    office = with_script.window()
    steps.sign_in(office, account("administrator"))
    office.go("/admin/mail")
    row = office.page.locator(".mails > li", has_text=digest["Subject"]).first
    row.get_by_role("button").click()
    expect(office.page.locator("pre.mail")).to_contain_text("joten näistä 2")
    office.glance("a mail as it was written")
