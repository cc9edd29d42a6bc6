"""Ways of working in the same page: with a mouse, with a keyboard alone, and on a phone without JavaScript.

A journey says what a person does (follow, fill, choose, tick, press); a hand says how. A keyboard finds everything
by Tab, and what it stands on must be visible; on a phone no page may be wider than the screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.site.journeys.window import overflow

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MOST_TABS = 220
"""More stops than the longest page of a journey has: whoever has not arrived by then is trapped or shut out."""
NARROW = 320
VISIBLE = """at => {
  const box = at.getBoundingClientRect(), look = getComputedStyle(at);
  const outlined = look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2;
  const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0;
  return outlined && inside && look.visibility === 'visible';
}"""


class Mouse:
    """Clicks and fills."""

    asks = True
    """Whether pages ask before something is done that cannot be taken back: it takes JavaScript to ask."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, address: str) -> None:
        """Go to an address, as from a letter or a bookmark."""
        self.page.goto(address)
        self.arrived()

    def follow(self, name: str, *, within: str = "main") -> None:
        self._act(self.page.locator(within).get_by_role("link", name=name, exact=True).first)

    def follow_address(self, part: str) -> None:
        """Follow the first link of the page's body that leads to an address."""
        self._act(self.page.locator(f"main a[href*='{part}']").first)

    def press(self, name: str, *, sure: bool = False) -> None:
        """Press a button; where the page asks whether one is ``sure``, say so."""
        button = self.page.locator("main").get_by_role("button", name=name, exact=True).first
        if sure and self.asks:
            self._hit(button)
            button = self.page.locator("#confirm").get_by_role("button", name="确定")
        self._act(button)

    def press_without_leaving(self, name: str) -> None:
        """Follow a link that brings a file."""
        self._hit(self.page.locator("main").get_by_role("link", name=name).first)

    def finish(self) -> None:
        """Press the button that does what the page is about."""
        self._act(self.page.locator("main form[method=post] .btn-primary, main form[method=post] .btn-danger").first)

    def fill(self, label: str, words: str) -> None:
        self.write(self.page.locator("main").get_by_label(label).first, words)

    def write(self, field: Locator, words: str) -> None:
        field.fill(words)

    def choose(self, label: str, option: str) -> None:
        self.page.locator("main").get_by_label(label).first.select_option(label=option)

    def tick(self, label: str) -> None:
        self.page.locator("main").get_by_label(label, exact=True).first.check()

    def upload(self, label: str, file: dict[str, Any]) -> None:
        self.page.get_by_label(label).set_input_files(file)

    def arrived(self) -> None:
        """Look at the page one has come to."""

    def _act(self, target: Locator) -> None:
        target.wait_for()
        with self.page.expect_navigation():
            self._hit(target)
        self.arrived()

    def _hit(self, target: Locator) -> None:
        target.click()


class Keys(Mouse):
    """Tab, Space, Enter, arrows and letters; nothing else."""

    def write(self, field: Locator, words: str) -> None:
        self.reach(field)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(words) if words else self.page.keyboard.press("Delete")

    def choose(self, label: str, option: str) -> None:
        field = self.page.locator("main").get_by_label(label).first
        self.reach(field)
        names = field.evaluate("at => [...at.options].map(one => one.label.trim())")
        self.page.keyboard.press("Home")
        for _step in range(names.index(option)):
            self.page.keyboard.press("ArrowDown")
        assert field.evaluate("at => at.selectedOptions[0].label.trim()") == option

    def tick(self, label: str) -> None:
        field = self.page.locator("main").get_by_label(label, exact=True).first
        if field.get_attribute("type") == "radio":
            self._turn_to(field)
        else:
            self.reach(field)
            self.page.keyboard.press("Space")
        assert field.is_checked()

    def upload(self, label: str, file: dict[str, Any]) -> None:
        self.reach(self.page.get_by_label(label))
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Enter")
        chooser.value.set_files(file)

    def reach(self, target: Locator) -> None:
        """Tab until the target has the focus; every stop on the way must be seen."""
        target.wait_for()
        for _stop in range(MOST_TABS):
            if target.evaluate("at => at === document.activeElement"):
                break
            self.page.keyboard.press("Tab")
        else:
            raise AssertionError(f"the keyboard never comes to {target}")
        assert target.evaluate(VISIBLE), f"the focus cannot be seen on {target}"

    def _turn_to(self, field: Locator) -> None:
        """Radio buttons are one stop; arrows move among them."""
        group = self.page.locator(f"main input[name='{field.get_attribute('name')}']")
        for _stop in range(MOST_TABS):
            if group.evaluate_all("all => all.includes(document.activeElement)"):
                break
            self.page.keyboard.press("Tab")
        self.page.keyboard.press("Space")
        for _step in range(group.count()):
            if field.is_checked():
                break
            self.page.keyboard.press("ArrowDown")

    def _hit(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")


class Phone(Mouse):
    """A small screen and no JavaScript: nothing may stick out of the page."""

    asks = False

    def arrived(self) -> None:
        size = self.page.viewport_size
        for width in (size["width"], NARROW):
            self.page.set_viewport_size({"width": width, "height": size["height"]})
            assert overflow(self.page) <= 0, f"{self.page.url} is too wide at {width}"
        self.page.set_viewport_size(size)
