"""What the worker's page costs at first: one style sheet, one script, few bytes; not time."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import CDPSession, expect

from tests.factories.people import Cast
from tests.journeys.conftest import PHONE, Site, Visit

Come = Callable[..., Visit]
MOST_BYTES = 60_000
NOT_COUNTED = {"Font"}


class Wire:
    """Every answer that a page waits for, with its bytes on the wire, headers included."""

    def __init__(self, session: CDPSession) -> None:
        self.answers: dict[str, dict[str, Any]] = {}
        session.on("Network.responseReceived", self._begin)
        session.on("Network.loadingFinished", self._end)
        session.send("Network.enable")

    def _begin(self, told: dict[str, Any]) -> None:
        answer = {"kind": told["type"], "url": told["response"]["url"], "bytes": 0}
        self.answers[told["requestId"]] = answer

    def _end(self, told: dict[str, Any]) -> None:
        if told["requestId"] in self.answers:
            self.answers[told["requestId"]]["bytes"] = int(told["encodedDataLength"])

    def of(self, kind: str) -> list[str]:
        """Addresses of the answers of a kind."""
        return [each["url"] for each in self.answers.values() if each["kind"] == kind]

    @property
    def total(self) -> int:
        # Asked for twice at once, an address counts once: which of the two the cache spares
        # depends on how busy the machine is.
        counted: dict[str, int] = {}
        for each in self.answers.values():
            if each["kind"] not in NOT_COUNTED:
                counted[each["url"]] = max(each["bytes"], counted.get(each["url"], 0))
        return sum(counted.values())


def test_the_first_load_of_the_check_in_is_light(visit: Come, site: Site, cast: Cast) -> None:
    page = visit(PHONE).sign_in_worker(cast.sao_bac.people["hoa"])
    expect(page.get_by_role("button", name="Tôi khoẻ")).to_be_visible()
    session = page.context.new_cdp_session(page)
    session.send("Network.setBypassServiceWorker", {"bypass": True})
    session.send("Network.clearBrowserCache")
    wire = Wire(session)
    page.goto(site.url + "/check-in", wait_until="networkidle")
    expect(page.get_by_role("button", name="Tôi khoẻ")).to_be_visible()
    assert len(wire.of("Stylesheet")) == 1
    assert len(wire.of("Script")) == 1
    assert 0 < wire.total <= MOST_BYTES, wire.answers
