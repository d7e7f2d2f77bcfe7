"""The description of the API is whole, and true: random calls meet no server error and no lie."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

from app.settings import NodeRole
from app.upkeep.queries.api_document import api_document
from app.upkeep.views.api_document import _VARIABLE
from tests.conftest import Node
from tests.factories.people import Cast

CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
]
ITSELF = ("/api/v1/openapi.json", "get")
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def database() -> str:
    """What is asked here does not depend on the database."""
    return "sqlite"


def mounted(node: Node) -> set[tuple[str, str]]:
    return {
        (_VARIABLE.sub(r"{\1}", rule.rule), method.lower())
        for rule in node.app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in rule.methods or ()
        if method.lower() in METHODS
    }


def described(paths: dict[str, Any]) -> set[tuple[str, str]]:
    return {(address, how) for address, calls in paths.items() for how in calls}


def test_every_call_of_both_roles_is_described_and_no_other(
    nodes: Callable[[str, NodeRole], Node],
) -> None:
    both = [nodes("sqlite", role) for role in NodeRole]
    assert described(api_document()["paths"]) == mounted(both[0]) | mounted(both[1])
    for node in both:
        told = node.app.test_client().get("/api/v1/openapi.json").get_json()
        assert described(told["paths"]) == mounted(node)
        assert re.fullmatch(r"3\.1\.\d", told["openapi"])


@pytest.mark.parametrize(
    "who", ["hoa", "nhung", "hanh", "lam", "anonymous"], ids=lambda who: f"as {who}"
)
def test_made_up_calls_get_the_answers_that_are_described(
    node: Node, cast: Cast, who: str, long_run: bool
) -> None:
    person = cast.people.get(who) or cast.sao_bac.people.get(who)
    headers = {"Authorization": f"Bearer {person.token}"} if person else {}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=node.app)
    seen = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        seen.add((operation.path, operation.method))

        @settings(max_examples=300 if long_run else 12, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def holds(case: Any) -> None:
            response = case.call(headers=headers)
            case.validate_response(response, checks=CHECKS)

        holds()
    assert seen == mounted(node) - {ITSELF}
