"""Every route with every role: nobody gets further than `policy.py` says in words."""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.accounts.gateways import forget_floods
from app.accounts.rules import PERMISSIONS, Role
from app.accounts.views import judges
from app.extensions import db
from app.settings import NodeRole
from app.web.access import Audience, install_guard, policy_of, public
from app.web.transaction import transact
from tests.conftest import Node
from tests.nets.access_table import DOCUMENT, written
from tests.nets.crowd import OTHERS, Crowd, address_values, is_still_signed_in, make_crowd
from tests.nets.isolation import Watch, watching
from tests.nets.policy import POLICY, READ_WHOLE, Line

API = "/api/"
NOT_OURS = {"HEAD", "OPTIONS"}
QUERY = "?company={id}&company_code={code}&branch={id}&branch_id={id}&unit={id}&badge=SB-20417&q=SB"
Nodes = Callable[[str, NodeRole], Node]


@dataclass(slots=True)
class Scene:
    """A node with the crowd in it, put back as it was after whatever changed it."""

    node: Node
    crowd: Crowd
    watch: Watch
    asked: set[tuple[str, str, str]] = field(default_factory=set)

    def put_back(self) -> None:
        folder, writer = self.node.folder, self.node.app.extensions["writer"]
        for thread in threading.enumerate():
            if thread.name in {"backup", "purge"}:
                thread.join()
        with self.node.app.app_context():
            db.session.remove()
            db.engine.dispose()
        writer.stop()
        for leftover in ("anca.db-wal", "anca.db-shm"):
            (folder / leftover).unlink(missing_ok=True)
        shutil.copy(folder / "crowd.db", folder / "anca.db")
        forget_floods()

    def ask(self, rule: Rule, method: str, role: str, query: str = "") -> TestResponse:
        app = self.node.app
        with app.test_request_context():
            values = address_values(self.crowd, rule.arguments)
            built = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
        client: FlaskClient = app.test_client()
        headers = {}
        if role != "anonymous" and rule.rule.startswith(API):
            headers = self.crowd.people[role].headers
        elif role != "anonymous":
            with client.session_transaction() as cookies:
                cookies["_user_id"] = self.crowd.sessions[role]
        body = {"json": {}} if rule.rule.startswith(API) and method != "GET" else {}
        self.asked.add((rule.rule, method, role))
        self.watch.route = rule.endpoint if OTHERS.get(role, role) in OTHERS.values() else ""
        return client.open(built + query, method=method, headers=headers, **body)


@pytest.fixture(params=[NodeRole.PARK, NodeRole.PROVINCE])
def scene(request: pytest.FixtureRequest, nodes: Nodes) -> Iterator[Scene]:
    node = nodes("sqlite", request.param)
    node.empty()
    with node.app.app_context():
        crowd = transact(lambda session: make_crowd(session, node.clock.at))
        db.session.remove()
        db.engine.dispose()
    node.app.extensions["writer"].stop()
    shutil.copy(node.folder / "anca.db", node.folder / "crowd.db")
    with node.app.app_context():
        engines = db.engine, node.app.extensions["writer"].engine
    node.app.config["WTF_CSRF_ENABLED"] = False  # else a missing token would hide the policy
    with watching(*engines) as watch:
        scene = Scene(node, crowd, watch)
        scene.put_back()
        yield scene
    node.app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture(params=[NodeRole.PARK, NodeRole.PROVINCE])
def node_app(request: pytest.FixtureRequest, nodes: Nodes) -> Flask:
    return nodes("sqlite", request.param).app


def line_of(endpoint: str) -> Line:
    """The line of an endpoint; one that is not in the table is for nobody."""
    return POLICY.get(endpoint, Line("not in the table", frozenset()))


def is_known(scene: Scene, rule: Rule) -> bool:
    """Whether the crowd has a thing for every part of the address."""
    return rule.arguments <= set(scene.crowd.things)


def routes_of(app: Flask) -> list[tuple[Rule, str]]:
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))
    return [(rule, method) for rule in rules for method in sorted(rule.methods - NOT_OURS)]


def complaint(line: Line, role: str, rule: Rule, answer: TestResponse) -> str | None:
    """What is wrong with an answer, None when it is as the table says."""
    status, to_sign_in = answer.status_code, is_to_sign_in(answer)
    if status >= 500:
        return "the server failed"
    if role == "anonymous" and "anonymous" not in line.who:
        api = rule.rule.startswith(API)
        return None if (status == 401 if api else to_sign_in) else "let somebody unknown in"
    if OTHERS.get(role, role) not in line.who:
        return None if status == 403 else "should refuse this role with 403"
    if line.of and role in OTHERS:
        return None if status == 404 else "should not know another company's thing"
    refusals = set() if line.proves else {401, 403}
    if line.of and not line.lacks:
        refusals.add(404)
    if status in refusals or (to_sign_in and role != "anonymous" and not leaves(rule)):
        return "should let this role in"
    return None


def is_to_sign_in(answer: TestResponse) -> bool:
    return answer.status_code == 302 and answer.location.startswith("/sign-in")


def leaves(rule: Rule) -> bool:
    """Whether the page ends the session, and so leads to the sign-in page."""
    return rule.endpoint in {
        "accounts.sign_out",
        "accounts.end_sessions",
        "accounts.end_own_session",
    }


def roles_in_order(line: Line) -> list[str]:
    """Those who must be refused first, so that nothing has changed before they ask."""
    roles = ["anonymous", *OTHERS, "worker", "team_member", "gate", "safety_officer"]
    roles += ["park_manager", "province_staff", "admin"]
    return sorted(roles, key=lambda role: OTHERS.get(role, role) in line.who)


def test_every_route_keeps_its_policy(scene: Scene) -> None:
    wrong = []
    for rule, method in routes_of(scene.node.app):
        line = line_of(rule.endpoint)
        if not is_known(scene, rule):
            wrong.append(f"{rule.rule}: tests/nets/crowd.py does not know what it may name")
            continue
        for role in roles_in_order(line):
            answer = scene.ask(rule, method, role)
            found = complaint(line, role, rule, answer)
            if found:
                wrong.append(f"{method} {rule.rule} as {role}: {answer.status_code}, {found}")
            if line.own and role != "worker" and not others_untouched(scene):
                wrong.append(f"{method} {rule.rule} as {role}: acted on somebody else's things")
            answer.close()
            if method != "GET" and answer.status_code < 400:
                scene.put_back()
    assert not wrong, "\n".join(wrong)
    everybody = {"anonymous", *Role, *OTHERS}
    routes = {(rule.rule, method) for rule, method in routes_of(scene.node.app)}
    assert scene.asked == {(*route, role) for route in routes for role in everybody}
    whole = sorted(
        f"{table} on {route}"
        for route, table in scene.watch.seen
        if table not in READ_WHOLE.get(route, ())
    )
    assert not whole, "read without saying whose rows:\n" + "\n".join(whole)


def others_untouched(scene: Scene) -> bool:
    with scene.node.app.app_context():
        return is_still_signed_in(db.session(), scene.crowd)


def test_no_page_shows_people_of_another_company(scene: Scene) -> None:
    wrong = []
    crowd = scene.crowd
    query = QUERY.format(id=crowd.company_id, code=crowd.company_code)
    for rule, method in routes_of(scene.node.app):
        if method != "GET" or rule.endpoint == "static" or not is_known(scene, rule):
            continue
        for role in OTHERS:
            for asked in ("", query):
                answer = scene.ask(rule, method, role, asked)
                text = answer.data.decode("utf-8", "replace")
                told = [word for word in crowd.secret_words if word not in asked]
                named = [word for word in told if word in text]
                if named:
                    wrong.append(f"{rule.rule}{asked} as {role}: shows {named}")
    assert not wrong, "\n".join(wrong)


def test_the_table_knows_every_route_and_no_other(nodes: Nodes) -> None:
    routes = {
        rule.endpoint
        for role in NodeRole
        for rule in nodes("sqlite", role).app.url_map.iter_rules()
    }
    assert sorted(routes - set(POLICY)) == [], "say in words who may open these, in policy.py"
    assert sorted(set(POLICY) - routes) == [], "these are gone: take them out of policy.py"


def test_the_table_of_access_is_the_one_in_the_documents(
    nodes: Callable[[str, NodeRole], Node],
) -> None:
    apps = {role: nodes("sqlite", role).app for role in NodeRole}
    assert DOCUMENT.read_text(encoding="utf-8") == written(apps), (
        "write it anew: python -m tests.nets.access_table"
    )


def test_every_view_states_its_policy(node_app: Flask) -> None:
    unstated = [name for name, view in node_app.view_functions.items() if not policy_of(view)]
    assert unstated == []


def test_an_application_with_a_view_that_states_none_does_not_start() -> None:
    planted = Flask("planted", static_folder=None)
    planted.add_url_rule("/open", "open", public(lambda: "anybody"))
    install_guard(planted, judges())
    planted.add_url_rule("/forgotten", "forgotten", lambda: "oops")
    with pytest.raises(RuntimeError, match="forgotten"):
        install_guard(planted, judges())


def test_every_permission_asked_for_is_held_by_somebody(node_app: Flask) -> None:
    held = frozenset().union(*PERMISSIONS.values())
    asked = {
        policy.permission
        for view in node_app.view_functions.values()
        if (policy := policy_of(view)) and policy.permission
    }
    assert asked <= held


def test_public_views_are_those_that_the_table_calls_so(node_app: Flask) -> None:
    opened = {
        name
        for name, view in node_app.view_functions.items()
        if (policy := policy_of(view)) and policy.audience is Audience.PUBLIC
    }
    assert opened == {n for n in node_app.view_functions if "anonymous" in line_of(n).who}


def test_every_page_that_changes_something_needs_its_forms_token(scene: Scene) -> None:
    scene.node.app.config["WTF_CSRF_ENABLED"] = True
    wrong = [
        f"{method} {rule.rule}"
        for rule, method in routes_of(scene.node.app)
        if method != "GET" and not rule.rule.startswith(API) and is_known(scene, rule)
        if scene.ask(rule, method, "safety_officer").status_code != 400
    ]
    assert not wrong, "\n".join(wrong)


def test_the_api_takes_no_cookie(scene: Scene) -> None:
    """A browser that is signed in to the pages is nobody to the API."""
    app, crowd = scene.node.app, scene.crowd
    client = app.test_client()
    with client.session_transaction() as cookies:
        cookies["_user_id"] = crowd.sessions["safety_officer"]
    wrong = []
    for rule, method in routes_of(app):
        closed = "anonymous" not in line_of(rule.endpoint).who
        if closed and rule.rule.startswith(API) and is_known(scene, rule):
            with app.test_request_context():
                values = address_values(crowd, rule.arguments)
                built = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
            if client.open(built, method=method, json={}).status_code != 401:
                wrong.append(f"{method} {rule.rule}")
    assert not wrong, "\n".join(wrong)
