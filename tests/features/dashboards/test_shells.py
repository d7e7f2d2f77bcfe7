"""The worker's shells: the same for everybody, kept by browsers, asked for again cheaply."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.web.shells import SHELLS
from tests.factories.people import Cast, Person

Enter = Callable[[Person], FlaskClient]
ADDRESSES = [each.address for each in SHELLS]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_shell_is_the_same_for_everybody(
    cast: Cast, stranger: FlaskClient, enter: Enter, address: str
) -> None:
    nobody = stranger.get(address)
    officer = enter(cast.sao_bac.people["hanh"]).get(address)
    worker = enter(cast.sao_bac.people["hoa"]).get(address)
    assert nobody.status_code == 200
    assert nobody.data == officer.data == worker.data
    assert "csrf" not in nobody.text
    assert "KCN Vân Trung" not in nobody.text


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_browser_may_keep_a_shell_but_asks_before_using_it(
    cast: Cast, stranger: FlaskClient, address: str
) -> None:
    first = stranger.get(address)
    assert first.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in first.headers
    again = stranger.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    english = stranger.get(f"{address}?lang=en", headers={"If-None-Match": first.headers["ETag"]})
    assert english.status_code == 200
    assert '<html lang="en">' in english.text
