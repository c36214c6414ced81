"""Somebody at a real browser who has a keyboard and nothing else."""

from __future__ import annotations

from tests.support.chromium import Tab
from tests.support.sheets import look

_MOST_TABS = 150
_FOCUSED = "!!document.activeElement && document.activeElement.matches(%r)"
_MARKED = """(() => { const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 })()"""


async def reach(tab: Tab, selector: str) -> None:
    """Press Tab until this has the focus, which is seen."""
    for _ in range(_MOST_TABS):
        if await tab.evaluate(_FOCUSED % selector):
            assert await tab.evaluate(_MARKED), f"the focus is not seen: {selector}"
            return
        await tab.press("Tab")
    raise AssertionError(f"no way to {selector} by keyboard")


async def fill(tab: Tab, **fields: str) -> None:
    """Go to each field and type."""
    for name, text in fields.items():
        await reach(tab, f'[name="{name.replace("__", "-")}"]')
        await tab.write(text)


async def go(tab: Tab, selector: str) -> None:
    """Go to a link or button and press Enter; the next page is there, and fits."""
    await reach(tab, selector)
    await tab.leading(lambda: tab.press("Enter"))
    assert tab.status == 200


async def sound(tab: Tab, axe: str) -> None:
    """Nothing of the page shuts anybody out, and nothing of it lies beside the window."""
    await tab.scripts(True)
    await tab.evaluate(f"{axe}; 0")
    assert await look(tab) == []
    await tab.scripts(False)
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert await tab.evaluate(wide)
