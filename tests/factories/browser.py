"""A browser without JavaScript: opens pages, fills the forms that stand on them, sends them."""

from contextvars import Context
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories.people import PIN, SECRET, Person


@dataclass(slots=True)
class Form:
    """A form as it stands on a page: where it goes and what it would send."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attributes}
        if tag == "form":
            target = urljoin(self.address, got.get("action", self.address))
            self._open = Form(target, got.get("method", "get"))
            self.forms.append(self._open)
        if self._open is None:
            return
        name = got.get("name", "")
        if tag == "input" and name:
            is_off = got.get("type") in {"checkbox", "radio"} and "checked" not in got
            if not is_off:
                self._open.values[name] = got.get("value", "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self._take_option(got, self._open.values)

    def _take_option(self, got: dict[str, str], values: dict[str, str]) -> None:
        name = self._select or ""
        if "selected" in got or name not in values:
            values[name] = got.get("value", "")

    def handle_data(self, text: str) -> None:
        if self._open is not None:
            self._open.text += text

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None


@dataclass(slots=True)
class Browser:
    """One person's browser; `page` is the answer it shows."""

    client: FlaskClient
    page: TestResponse | None = None

    def open(self, address: str) -> TestResponse:
        """Go to an address, redirects followed."""
        return self._show(self._ask("GET", address, follow_redirects=True))

    def form(self, to: str) -> Form:
        """The form on the page whose address ends so, one that changes something first."""
        assert self.page is not None
        reader = _Reader(self.page.request.path)
        reader.feed(self.page.text)
        found = [each for each in reader.forms if each.action.split("?")[0].endswith(to)]
        assert found, f"no form to {to} on {self.page.request.path}"
        return min(found, key=lambda each: each.method != "post")

    def send(self, to: str, **values: str) -> TestResponse:
        """Fill the form of that address and send it; `a__b` stands for the field `a-b`."""
        form = self.form(to)
        sent = form.values | {name.replace("__", "-"): value for name, value in values.items()}
        return self._show(self._ask("POST", form.action, data=sent, follow_redirects=True))

    def post(self, address: str, values: dict[str, str]) -> TestResponse:
        """Send values no form on the page would send so; the page stays."""
        return self._ask("POST", address, data=values)

    def post_forged(self, address: str, **values: str) -> TestResponse:
        """Send what another site would: without the token."""
        return self._ask("POST", address, data=values)

    def send_json(self, address: str, body: dict[str, Any]) -> TestResponse:
        """Send what a script on the page would send."""
        return self._ask("POST", address, json=body)

    def call(self, address: str, headers: dict[str, str]) -> TestResponse:
        """Ask as a program with a token of its own."""
        return self._ask("GET", address, headers=headers)

    def sign_in(self, person: Person) -> TestResponse:
        """Sign in by login, or by badge for whoever has none."""
        if person.login:
            self.open("/sign-in?office=1")
            return self.send("/sign-in", login=person.login, secret=SECRET)
        self.open("/sign-in")
        company = "SAOBAC" if person.badge.startswith("SB") else "MINHTRI"
        return self.send("/sign-in", company=company, badge=person.badge, pin=PIN)

    def _ask(self, method: str, address: str, **options: Any) -> TestResponse:
        # In a context of its own: a test's open application context would be shared otherwise,
        # and with it who is signed in.
        answer: TestResponse = Context().run(self.client.open, address, method=method, **options)
        return answer

    def _show(self, page: TestResponse) -> TestResponse:
        self.page = page
        return page
