"""The compliance page finds companies by name; the park's own figures stay whole."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.factories.people import Cast, Person

Enter = Callable[[Person], FlaskClient]


@pytest.mark.parametrize("view", ["", "&view=table"])
def test_a_name_without_accents_in_any_order_finds_the_company(
    cast: Cast, enter: Enter, view: str
) -> None:
    client = enter(cast.people["lam"])
    page = client.get(f"/compliance?q=bac+dien{view}").text
    assert "Điện tử Sao Bắc" in page
    assert "Điện tử Minh Trí" not in page
    assert "2 doanh nghiệp" in page


def test_a_name_that_nobody_has_is_said(cast: Cast, enter: Enter) -> None:
    page = enter(cast.people["lam"]).get("/compliance?q=nowhere").text
    assert "Không có doanh nghiệp nào tên như vậy" in page


def test_an_officer_cannot_search_for_other_companies(cast: Cast, enter: Enter) -> None:
    page = enter(cast.sao_bac.people["hanh"]).get("/compliance?q=minh").text
    assert "Điện tử Minh Trí" not in page
