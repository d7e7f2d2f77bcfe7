"""The worker's page on a cheap phone and a weak signal: first load, and without the park."""

import shutil
import statistics
from typing import Any

from benchmarks.figures import Options, Report, part
from benchmarks.node import ScratchNode

PLACES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PHONE = {"width": 360, "height": 780}
WEAK_SIGNAL = {
    "offline": False,
    "latency": 40,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
SLOWDOWN = 4
ROUNDS = 5
MOST_BYTES, SLOWEST_LOAD_MS, SLOWEST_REOPEN_MS = 60_000, 2000, 1000
USABLE = """() => {
    const look = () => {
        if (document.querySelector("[data-outlet]:not([aria-busy]) button"))
            window.usableAt = performance.now();
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""
KEPT = "async () => Boolean((await navigator.serviceWorker.ready).active)"


def pages(report: Report, options: Options) -> None:
    with part(f"The worker's page at 400 kbit/s, processor {SLOWDOWN} times slower"):
        found = next((path for name in PLACES if (path := shutil.which(name))), None)
        if found is None:
            report.skip("the worker's page: Chromium is not installed")
            return
        from playwright.sync_api import sync_playwright

        node = ScratchNode(options.scratch / "pages")
        told = node.fill("--workers", "300", "--days", "1", "--seed", "1")
        worker = next(each for each in told["accounts"] if each["role"] == "worker")
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
            phone = Phone(chromium, node, worker)
            with node.serving():
                phone.sign_in()
                loads = [phone.first_load() for _ in range(ROUNDS)]
                phone.keep()
            reopened = [phone.reopen() for _ in range(ROUNDS)]
            chromium.close()
        _tell(report, loads, reopened)


def _tell(report: Report, loads: list[tuple[float, int]], reopened: list[float]) -> None:
    times = [time for time, _ in loads]
    report.add(
        "first load until it can be answered, median",
        statistics.median(times),
        "ms",
        at_most=SLOWEST_LOAD_MS,
        note=f"{min(times):.0f} to {max(times):.0f} ms",
    )
    size = max(size for _, size in loads)
    report.add("  over the wire, headers too, fonts aside", size, "B", at_most=MOST_BYTES)
    report.add(
        "reopened without the park, median",
        statistics.median(reopened),
        "ms",
        at_most=SLOWEST_REOPEN_MS,
        note=f"{min(reopened):.0f} to {max(reopened):.0f} ms",
    )


class Phone:
    """A browser of one worker."""

    def __init__(self, chromium: Any, node: ScratchNode, worker: dict[str, str]) -> None:
        self.address = f"http://localhost:{node.port}"
        self.worker = worker
        self.context = chromium.new_context(viewport=PHONE, locale="vi-VN")
        self.context.set_default_timeout(60_000)

    def sign_in(self) -> None:
        page = self.context.new_page()
        page.goto(self.address + "/sign-in?badge=1")
        page.locator("[data-module=sign-in][data-bound]").wait_for()
        page.get_by_label("Mã công ty").fill(self.worker["company"])
        page.get_by_label("Mã nhân viên").fill(self.worker["badge"])
        page.get_by_label("Mã PIN").fill(self.worker["pin"])
        page.get_by_role("button", name="Đăng nhập").first.click()
        page.wait_for_url("**/check-in")
        page.evaluate(KEPT)
        page.close()

    def first_load(self) -> tuple[float, int]:
        """Milliseconds until it can be answered, and bytes: nothing in any cache of the browser."""
        page, session = self._slow_page()
        session.send("Network.setBypassServiceWorker", {"bypass": True})
        session.send("Network.clearBrowserCache")
        session.send("Network.emulateNetworkConditions", WEAK_SIGNAL)
        kinds: dict[str, str] = {}
        sizes: dict[str, float] = {}
        session.on(
            "Network.responseReceived", lambda told: kinds.update({told["requestId"]: told["type"]})
        )
        session.on(
            "Network.loadingFinished",
            lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]}),
        )
        took = self._opened(page)
        page.wait_for_load_state("networkidle")
        page.close()
        return took, int(sum(size for one, size in sizes.items() if kinds.get(one) != "Font"))

    def keep(self) -> None:
        page = self.context.new_page()
        page.goto(self.address + "/check-in")
        page.evaluate(KEPT)
        page.close()

    def reopen(self) -> float:
        """Milliseconds until it can be answered, with the park gone."""
        page, _ = self._slow_page()
        took = self._opened(page)
        page.close()
        return took

    def _slow_page(self) -> tuple[Any, Any]:
        page = self.context.new_page()
        page.add_init_script(f"({USABLE})()")
        session = self.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
        return page, session

    def _opened(self, page: Any) -> float:
        page.goto(self.address + "/check-in")
        while True:
            took = page.evaluate("window.usableAt || null")
            if took is not None:
                return float(took)
            page.wait_for_timeout(20)
