"""People in front of a browser. They say what they press in English, and press what stands there in their language."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response, expect

from huizhen_web import catalogue

PATIENCE_MS = 30_000
# Until a statement is in a block and enough blocks stand on it.
FINAL_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)

WATCH = """() => {
  window.seen = [];
  const look = () => {
    const said = document.querySelector("#statement-status .badge")?.textContent.trim();
    if (said && said !== window.seen.at(-1)) window.seen.push(said);
  };
  look();
  new MutationObserver(look).observe(document.querySelector("main"), { childList: true, subtree: true });
}"""


def fen(text: str) -> int:
    """¥1,234.50 as 123450."""
    digits = re.fullmatch(r"[+−-]?¥?([\d,]+)\.(\d\d)", text.strip())
    assert digits, text
    return int(digits[1].replace(",", "") + digits[2])


@dataclass  # without slots: Playwright writes on who listens
class Person:
    """One visitor with cookies of their own. `complaints` collects what a browser's console would show."""

    page: Page
    address: str
    album: Path
    language: str = "zh"
    complaints: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("request", lambda request: self.requests.append(request))
        self.page.on("response", self._receive)

    def word(self, message: str, **values: object) -> str:
        said = catalogue.load(self.language).gettext(message)
        return said % values if values else said

    # --- going about ---
    def visit(self, path: str) -> None:
        # By then the scripts of a page have run; only its pictures may still be on their way.
        self.page.goto(self.address + path, wait_until="domcontentloaded")

    def press(self, label: str, within: Locator | None = None, **values: object) -> None:
        self.button(label, within, **values).click()

    def follow(self, label: str, within: Locator | None = None, **values: object) -> None:
        (within or self.page).get_by_role("link", name=self.word(label, **values), exact=True).first.click()

    def turn_to(self, label: str) -> None:
        """By the navigation at the top."""
        main = self.page.get_by_role("navigation", name=self.word("Main"))
        main.get_by_role("link", name=self.word(label), exact=True).click()

    def open(self, label: str, within: Locator | None = None) -> None:
        """What stands folded until it is asked for: a dialog, a list."""
        (within or self.page).locator("summary", has_text=self.word(label)).first.click()

    def button(self, label: str, within: Locator | None = None, **values: object) -> Locator:
        return (within or self.page).get_by_role("button", name=self.word(label, **values), exact=True).first

    # --- reading ---
    @property
    def name(self) -> str:
        """Whom the site takes this person for."""
        shown = self.page.locator("header .me")
        return shown.inner_text().removesuffix(shown.locator("small").inner_text()).strip()

    @property
    def chain_now(self) -> int:
        return int(self.page.locator("body").get_attribute("data-chain-now") or 0)

    def sees(self, message: str, within: Locator | None = None, timeout: float = PATIENCE_MS) -> None:
        """A sentence of the pages."""
        self.reads(self.word(message), within, timeout)

    def reads(
        self, text: str | re.Pattern[str], within: Locator | None = None, timeout: float = PATIENCE_MS
    ) -> None:
        found = (within or self.page.locator("main")).get_by_text(text)
        expect(found.filter(visible=True).first).to_be_visible(timeout=timeout)

    def sees_heading(self, label: str, **values: object) -> None:
        expect(self.page.get_by_role("heading", name=self.word(label, **values), level=1)).to_be_visible()

    def card(self, title: str, **values: object) -> Locator:
        """The box with this heading."""
        heading = self.page.get_by_role("heading", name=self.word(title, **values), exact=True)
        return self.page.locator("section, article").filter(has=heading).last

    def fact(self, label: str) -> Locator:
        """What stands beside this label."""
        pair = self.page.locator("dl > div").filter(has=self.page.get_by_text(self.word(label), exact=True))
        return pair.locator("dd").first

    def row(self, *texts: str) -> Locator:
        """The first table row that holds all these texts."""
        rows = self.page.get_by_role("row")
        for text in texts:
            rows = rows.filter(has_text=text)
        return rows.first

    # --- writing ---
    def write(self, label: str, text: str, within: Locator | None = None) -> None:
        self.field(label, within).fill(text)

    def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        self.field(label, within).select_option(label=option)

    def tick(self, label: str, within: Locator | None = None) -> None:
        self.field(label, within).check()

    def field(self, label: str, within: Locator | None = None) -> Locator:
        """By its label, which may end in "optional"."""
        begins = re.compile(r"^\s*" + re.escape(self.word(label)))
        return (within or self.page.locator("main")).get_by_label(begins).first

    # --- signing ---
    def signs(self, label: str = "Sign") -> None:
        """The statement on the page; it is on its way, or waits for others."""
        digest = self.page.locator("section.statement").get_attribute("data-digest")
        assert re.fullmatch("0x[0-9a-f]{64}", digest or "")
        self.press(label)

    def awaits_final(self) -> None:
        expect(self.page.locator("main .badge.good", has_text=self.word("Final")).first).to_be_visible(
            timeout=FINAL_MS
        )

    def watch_states(self) -> Callable[[], list[str]]:
        """From now on, what the badge of the statement on this page says, one after another."""
        self.page.evaluate(WATCH)
        return lambda: list(self.page.evaluate("window.seen"))

    def photograph(self, name: str) -> None:
        self.page.screenshot(path=self.album / f"{name}.png", full_page=True)

    def _hear(self, message: ConsoleMessage) -> None:
        # What a form answers with 400 is a sentence for the person; the browser notes it all the same.
        if message.type == "error" and "status of 400" not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _receive(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.url}: answered {response.status}")


@dataclass(slots=True)
class Town:
    """Where everybody lives: opens a browser for each and keeps what went wrong."""

    browser: Browser
    address: str
    album: Path
    people: list[Person] = field(default_factory=list)

    def visitor(self, language: str = "zh", width: int = 1280) -> Person:
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.add_cookies([{"name": "locale", "value": language, "url": self.address}])
        person = Person(context.new_page(), self.address, self.album, language)
        self.people.append(person)
        return person

    def enter(self, who: str, language: str = "zh", width: int = 1280) -> Person:
        """As a person of the demo world, by address or name, by one click on the opening page."""
        person = self.visitor(language, width)
        person.visit("/")
        card = person.page.locator("ul.people form")
        if "@" in who:
            card = card.filter(has=person.page.locator(f'input[name="email"][value="{who}"]'))
        else:
            card = card.filter(has=person.page.get_by_text(who, exact=True))
        # People beyond the first few of a role stand in a closed list.
        person.page.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
        card.first.get_by_role("button").click()
        expect(person.page.get_by_role("button", name=person.word("Sign out"))).to_be_visible()
        return person

    def complaints(self) -> list[str]:
        return [complaint for person in self.people for complaint in person.complaints]

    def photograph_all(self) -> None:
        for number, person in enumerate(self.people):
            if not person.page.is_closed():
                person.photograph(f"failure-{number}")
