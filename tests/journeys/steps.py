"""What people do in the journeys, each a few presses, the same with script and without."""

import re
import time
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.journeys.windows import Window
from tests.real.people import PASSWORD

LONGEST_INDEXING = 20.0
# A worker that has just begun looks after the index first.
LONGEST_MAIL = 60.0
SEND = "form[action='/ideas'] button.button-main"


@dataclass(frozen=True)
class Receipt:
    """What a nameless author gets."""

    reference: str
    key: str


def tell(author: Window, text: str) -> Receipt:
    """Write into the box on the front page, add where and who, send; gives the receipt."""
    page = author.page
    author.go("/")
    author.look("front page")
    page.fill("textarea[name=text]", text)
    page.click("form[action='/ideas/new'] button")
    expect(page.locator("form[action='/ideas'] textarea[name=text]")).to_have_value(text)
    author.look("idea form with a text")
    unfold(author, "select[name=area]")
    page.select_option("select[name=area]", "oulu")
    unfold(author, "select[name=capacity]")
    page.select_option("select[name=capacity]", "laheinen")
    page.click(SEND)
    expect(page).to_have_url(re.compile(r"/seuraa/[^/]+\?new=1$"))
    author.look("receipt")
    return Receipt(
        page.locator(".reference").inner_text().strip(),
        page.locator("p.key").inner_text().strip(),
    )


def unfold(who: Window, field: str) -> None:
    """Open the fold that holds this field."""
    fold = who.page.locator(f"details:has({field})")
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    expect(who.page.locator(field)).to_be_visible()


def sign_in(who: Window, email: str, password: str = PASSWORD) -> None:
    """Come in through the page for it."""
    who.go("/sign-in")
    who.look("sign-in")
    who.page.fill("input[name=email]", email)
    who.page.fill("input[name=password]", password)
    who.page.click("form[action^='/sign-in'] button.button-main")
    expect(who.page).not_to_have_url(re.compile("/sign-in"))


def register(who: Window, email: str, name: str, folder: Path) -> None:
    """Make an account with a password and the code that is mailed. folder: of the service."""
    who.go("/register")
    who.look("register")
    fill_account(who, email, name)
    who.page.check("input[name=grown]")
    who.page.click("form[action^='/register'] button.button-main")
    type_code(who, email, folder)
    who.look("front page, signed in")


def type_code(who: Window, email: str, folder: Path) -> None:
    """Type the code that was mailed to the address."""
    expect(who.page).to_have_url(re.compile("/sign-in/code"))
    who.look("where the code is typed")
    who.page.fill("input[name=code]", code_in(newest_mail(folder, email)))
    who.page.click("form[action^='/sign-in/code'] button.button-main")
    expect(who.page).not_to_have_url(re.compile("/sign-in"))


def newest_mail(folder: Path, email: str, known: int = 0) -> str:
    """Wait until more than the known number of mails to the address is written; gives its text."""
    end = time.monotonic() + LONGEST_MAIL
    while True:
        written = (
            message_from_bytes(path.read_bytes(), policy=SMTP)
            for path in sorted((folder / "mail").glob("*.eml"))
        )
        texts = [_plain(mail) for mail in written if mail["To"] == email]
        if len(texts) > known:
            return texts[-1]
        assert time.monotonic() < end, f"no mail to {email}"
        time.sleep(0.1)


def _plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def code_in(text: str) -> str:
    """Give the code of a mail as it stands there, with its space."""
    found = re.search(r"^\d{4} \d{4}\s*$", text, re.MULTILINE)
    assert found, text
    return found[0].strip()


def link_in(text: str) -> str:
    """Give the link of a mail."""
    found = re.search(r"https?://\S+", text)
    assert found, text
    return found[0]


def fill_account(who: Window, email: str, name: str) -> None:
    """Fill the three fields of a new account."""
    who.page.fill("input[name=email]", email)
    who.page.fill("input[name=name]", name)
    who.page.fill("input[name=password]", PASSWORD)


def choose_case(moderator: Window, kind: str, title: str) -> None:
    """Open the queue and in it what is named so. kind: "ideas", "comments"."""
    page = moderator.page
    moderator.go("/moderation")
    moderator.look("queue")
    page.click(".desk-bar a[href='#desk-list']")
    item = page.locator(f".desk-item[href^='/moderation/{kind}/']", has_text=title)
    expect(item).to_be_visible()
    moderator.look("queue, the list")
    item.click()
    expect(page.locator("form#decide")).to_be_attached()
    moderator.look(f"case of {kind}")


def publish_and_route(moderator: Window, title: str, sub_project: str) -> None:
    """Publish an idea and route it to the sub-project of this name."""
    choose_case(moderator, "ideas", title)
    page = moderator.page
    elsewhere = page.locator("#elsewhere")
    if elsewhere.count() and elsewhere.get_attribute("open") is None:
        elsewhere.locator("summary").click()
    page.locator("#decide .routing label", has_text=soft(sub_project)).first.click()
    page.click("button[name=decision][value=publish_and_route]")
    expect(page.locator(".notices")).to_contain_text(title)
    moderator.look("queue, after a decision")


def soft(name: str) -> re.Pattern[str]:
    """Match a name whatever soft hyphens it has."""
    return re.compile("\u00ad?".join(map(re.escape, name)))


def find(who: Window, words: str, title: str) -> Locator:
    """Search until the worker has put the idea into the index; gives its row."""
    end = time.monotonic() + LONGEST_INDEXING
    row = who.page.locator(".idea-row", has_text=title)
    while True:
        who.go("/search")
        who.page.fill("main input[name=q]", words)
        who.page.click("main form[role=search] button")
        expect(who.page.locator("main h1")).to_be_visible()
        if row.count():
            return row
        assert time.monotonic() < end, f"{words} never found {title}"


def support(who: Window, row: Locator) -> None:
    """Support an idea in a list."""
    button = row.locator(".support-button")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(row.locator("[data-count]")).to_have_text("1")
    who.look("search results, one supported")


def comment(who: Window, text: str) -> None:
    """Comment on the idea whose page is open."""
    who.page.fill("#comments textarea[name=text]", text)
    who.page.click("#comments form[action$='/comments'] button")
    expect(who.page.locator("#comments .comments")).to_contain_text(text)
    who.look("idea with one's own comment waiting")


def publish_comment(moderator: Window, text: str) -> None:
    """Publish the comment that waits."""
    choose_case(moderator, "comments", text)
    expect(moderator.page.locator(".desk-card .said")).to_contain_text(text)
    moderator.page.click("button[name=decision][value=publish]")
    expect(moderator.page.locator(".notices")).to_be_visible()


def follow_by_key(author: Window, key: str) -> None:
    """Type the tracking key by hand, the way people do."""
    author.go("/seuraa")
    author.look("where the key is typed")
    author.page.fill("input[name=key]", key.replace("-", " ").lower())
    author.page.click("form[action='/seuraa'] button")
    expect(author.page).to_have_url(re.compile(r"/seuraa/[^/]+$"))
    author.look("tracking page of a routed idea")


def sign_out(who: Window) -> None:
    """Go out through one's own page, which has the button at every width."""
    who.go("/profile")
    who.page.click("main form[action='/sign-out'] button")
    expect(who.page.locator("main a[href='/profile']")).to_have_count(0)
