"""What axe finds wrong on a page, at WCAG 2.2 AA."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def findings(page: Page, inside: tuple[str, ...] = ()) -> list[str]:
    """Violations, and contrasts of which it cannot be sure; `inside`: through shadows."""
    options = {"runOnly": WCAG, "resultTypes": ["violations", "incomplete"]}
    context = {"include": {"fromShadowDom": list(inside)}} if inside else None
    found = Axe().run(page, context, options).response
    unsure = [rule for rule in found["incomplete"] if rule["id"] == "color-contrast"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in (*found["violations"], *unsure)
        for node in rule["nodes"]
    ]
