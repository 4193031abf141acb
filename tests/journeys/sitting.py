"""A moderator who decides with keys alone: what each kind of item needs, presses and waits."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

# What is pressed on an item whose text begins so; the last key decides. ↓ chooses in a list.
BY_TEXT: dict[str, Sequence[str]] = {
    "En halua enää elää": ["g", "Soitettu 112.", "Control+Enter"],
    "Äidilläni on muistisairaus": ["p", "1", "Enter"],
    "Hoitaja Pirjo": ["p", "1", "Enter"],
    "Uuteen ryhmään on vaikea mennä": ["p", "1", "Enter"],
    "Haluan tehdä valituksen": ["o", "ArrowDown", "Tab", "Tab", "1", "Enter"],
    "Omaishoidon tuen hakemukseni": ["o", "ArrowDown", "Tab", "Tab", "1", "Enter"],
    "Minulle annettiin osastolla": ["o", "ArrowDown", "Tab", "Tab", "1", "Enter"],
    "Meidän tien päässä asuu mies": ["h", "2", "1", "Enter"],
    "Meidän yrityksemme myy": ["h", "8", "1", "Enter"],
}
SAME_NEED = {
    "Soitin aamulla terveysasemalle": "Kerro jonotusnumero puhelimessa",
    "Tulen keikalle eri osastolle": "Sijainen tuntee kaapit",
}
FALSE_ALARM = ["g", "Tab", "Tab", "Enter"]


@dataclass
class Item:
    """What was decided on: its kind, how its text begins, the keys, and the wait for the next."""

    kind: str
    text: str
    keys: Sequence[str]
    waited: float


@dataclass
class Sitting:
    """A sitting at the desk, from the first item that waits on."""

    page: Page
    done: list[Item] = field(default_factory=list)

    def begin(self) -> None:
        """Open the desk, and switch the keys on without a mouse."""
        self.page.goto("/moderation")
        opener = self.page.locator("[data-keys]")
        expect(opener).to_be_visible()
        opener.press("Enter")
        toggle = self.page.locator("[data-keys-on]")
        expect(toggle).to_be_visible()
        toggle.press("Space")
        self.page.keyboard.press("Escape")
        expect(self.page.locator("body.keys-on")).to_be_attached()

    @property
    def at(self) -> tuple[str, int]:
        """What is open: ideas, edits, comments or reports, and its number."""
        here = self.page.locator(".desk-item[aria-current]").first.get_attribute("href") or ""
        _, _, kind, number = here.partition("?")[0].split("/")
        return kind, int(number)

    @property
    def kind(self) -> str:
        """The kind of the open item."""
        return self.at[0]

    @property
    def text(self) -> str:
        """What the open item says."""
        if self.kind == "edits":
            return ""
        return self.page.locator(".desk-card .said").first.inner_text()

    def keys(self) -> Sequence[str]:
        """Tell what an ordinary moderator presses on the open item."""
        text = self.text
        for begins, keys in BY_TEXT.items():
            if text.startswith(begins):
                return keys
        for begins, title in SAME_NEED.items():
            if text.startswith(begins):
                return [self.merging_into(title)]
        if self.has("g"):
            return FALSE_ALARM
        if self.kind != "ideas":
            return ["j"]
        return ["1", "j"] if self.has("1") else ["l"]

    def has(self, key: str) -> bool:
        """Tell whether something on the page answers to this key."""
        return self.page.locator(f"[data-key='{key}']").count() > 0

    def merging_into(self, title: str) -> str:
        """Give the key that merges the open idea into the one with this title."""
        twin = self.page.locator(".desk-twin", has_text=title)
        key = twin.locator("[data-key]").get_attribute("data-key")
        assert key, f"{title} is not suggested"
        return key

    def decide(self, keys: Sequence[str] = ()) -> Item:
        """Press what decides on the open item, and wait until the next answers to keys."""
        kind, text = self.kind, self.text[:60]
        keys = keys or self.keys()
        for key in keys[:-1]:
            self._press(key)
        waited = self._and_wait(keys[-1])
        self.done.append(Item(kind, text, keys, waited))
        return self.done[-1]

    def undo(self) -> None:
        """Take back what was decided last."""
        self._and_wait("u")

    def skip(self) -> None:
        """Leave the open item for later."""
        self._and_wait("n")

    def _press(self, key: str) -> None:
        if len(key) > 1 and " " in key:
            self.page.keyboard.type(key)
        else:
            self.page.keyboard.press(key)

    def _and_wait(self, key: str) -> float:
        begun = time.perf_counter()
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self._press(key)
        expect(self.page.locator("body.keys-on, .empty").first).to_be_attached()
        return time.perf_counter() - begun
