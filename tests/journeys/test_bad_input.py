"""What people and robots type into the idea form: told at the field or harmless, never lost."""

import re
import socket
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.windows import Street, Window
from tests.real.server import LiveServer

# Its individual number, 903, is given to nobody.
IDENTITY_CODE = "010594Y9032"
REFUSED = {
    "empty": "   \n ",
    "emoji alone": "😡😡😡",
    "too long": "Jono on pitkä. " * 400,
    "identity code": f"Soitin ja sanoin tunnukseni {IDENTITY_CODE} kolmesti.",
}
MARKUP = "<script>alert(1)</script> <b onclick='x()'>lihava</b> & <img src=x onerror=alert(2)>"
REVERSED = "Ajanvaraus \u202eei toimi\u202c puhelimella"
SESSION = "session"


def open_form(who: Window) -> Page:
    who.go("/ideas/new")
    return who.page


def send(who: Window, text: str) -> None:
    who.page.fill("textarea[name=text]", text)
    who.page.click(steps.SEND)


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_refused_stays_in_the_field_and_says_why_there(name: str, anywhere: Street) -> None:
    text, who = REFUSED[name], anywhere.window()
    who.answers.add(422)
    page = open_form(who)
    send(who, text)
    field = page.locator("textarea[name=text]")
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator(".error-summary a[href='#text']")).to_be_visible()
    expect(page.locator("#text-error")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page).to_have_title(re.compile(r"^\S+: "))
    assert field.input_value().split() == text.split()
    assert page.locator(".reference").count() == 0
    who.look(f"idea form with an error: {name}")
    field.fill("Jono on pitkä, kun aulassa on yksi luukku.")
    page.click(steps.SEND)
    expect(page.locator(".reference")).to_be_visible()


@pytest.mark.parametrize("text", [MARKUP, REVERSED], ids=["markup", "right-to-left"])
def test_what_looks_dangerous_is_shown_harmless(text: str, anywhere: Street) -> None:
    who = anywhere.window()
    page = open_form(who)
    send(who, text)
    expect(page.locator(".reference")).to_be_visible()
    page.click("main a[href^='/seuraa/']")
    shown = page.locator("p.said").first
    assert shown.inner_text().replace("\u202e", "").replace("\u202c", "") == text.replace(
        "\u202e", ""
    ).replace("\u202c", "")
    assert "\u202e" not in shown.inner_text()
    assert page.locator("main script, main img, main b[onclick]").count() == 0


def test_a_session_that_ended_while_writing_keeps_the_text(
    anywhere: Street, account_of_resident: str
) -> None:
    who = anywhere.window()
    steps.sign_in(who, account_of_resident)
    page = open_form(who)
    text = "Kirjoitin tätä koko kahvitunnin ajan Raahen terveysasemalla."
    who.context.clear_cookies(name=SESSION)
    who.answers.add(422)
    send(who, text)
    expect(page.locator("textarea[name=text]")).to_have_value(text)
    expect(page.locator(".error-summary")).to_be_visible()
    who.look("idea form after the session ended")
    page.click("form[action='/ideas'] button.button-main")
    expect(page.locator("p.key")).to_be_visible()


def test_a_session_that_ended_while_commenting_keeps_the_text(
    anywhere: Street, account_of_resident: str, public_idea: int
) -> None:
    who = anywhere.window()
    steps.sign_in(who, account_of_resident)
    who.go(f"/ideas/{public_idea}")
    text = "Sama koskee iltavuoroa, kun ovi on lukossa."
    who.page.fill("#comments textarea[name=text]", text)
    who.context.clear_cookies(name=SESSION)
    who.answers.add(401)
    who.page.click("#comments form[action$='/comments'] button")
    expect(who.page.locator("main")).to_contain_text(text)
    who.look("a comment after the session ended")


def test_without_network_the_draft_stays_and_is_sent_later(with_script: Street) -> None:
    who = with_script.window()
    page = open_form(who)
    text = "Kirjoitan bussissa, jossa verkko katkeaa Kiiminkijoen kohdalla."
    page.fill("textarea[name=text]", text)
    who.context.set_offline(True)
    with page.expect_event("requestfailed", lambda lost: lost.method == "POST"):
        page.click(steps.SEND, no_wait_after=True)
    who.context.set_offline(False)
    who.complaints.clear()
    open_form(who)
    expect(page.locator("textarea[name=text]")).to_have_value(text)
    page.click(steps.SEND)
    expect(page.locator(".reference")).to_be_visible()
    open_form(who)
    expect(page.locator("textarea[name=text]")).to_have_value("")


def test_addresses_that_nobody_made_give_plain_pages(with_script: Street) -> None:
    who = with_script.window()
    for path in (
        "/ideas?group=x&sort=%00&page=999999999999999999999&area=oulu&area=%ff",
        "/ideas?sub_project=poistettu&capacity=%F0%9F%98%A1&page=-3",
        "/search?q=%22%28%29+AND+OR+NOT+*%3A%3F%7E%5E%7B%7D%5B%5D%2F%5C",
        "/search?q=" + "hoito+" * 300,
        "/search?q=%e2%80%ae&page=0",
    ):
        answer = who.page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
    who.answers.add(404)
    for path in ("/ideas/999999999999999999999999", "/ideas/0", "/areas/kuu", "/seuraa/AAAA"):
        answer = who.page.goto(path)
        assert answer is not None
        assert answer.status == 404, path
    who.look("an unknown key")
    who.go("/eiole")
    who.look("an unknown page")


def test_a_form_that_is_much_too_large_is_told_so_and_not_cut_off(live_server: LiveServer) -> None:
    where, length = urlsplit(live_server.url), 1_900_000
    head = f"POST /ideas HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Length: {length}\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n"
    with socket.create_connection((where.hostname, where.port), timeout=60) as line:
        # Nothing waits on the way: what is not read there cannot be sent here.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
        line.sendall(head.encode() + b"x" * length)
        answer = b""
        while piece := line.recv(65_536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'lang="fi"' in answer
    assert answer.rstrip().endswith(b"</html>")
