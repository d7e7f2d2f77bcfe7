"""The printed sheets: for everybody, in both languages, with the address as a code."""

import pytest
from flask.testing import FlaskClient

from app.checkins.queries.rule_sets import advice_text


@pytest.mark.parametrize("path", ["/guides/gate", "/guides/line"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_sheet_opens_for_everybody_and_holds_the_code_of_its_page(
    client: FlaskClient, path: str, language: str
) -> None:
    page = client.get(f"{path}?lang={language}")
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text
    assert 'src="data:image/svg+xml' in page.text
    assert "localhost/" in page.text


def test_what_to_do_with_somebody_unwell_is_what_the_rules_say(client: FlaskClient) -> None:
    page = client.get("/guides/line?lang=vi").text
    assert advice_text("isolate", "vi") in page
    assert advice_text("emergency", "vi") in page
