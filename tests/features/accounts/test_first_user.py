"""The first user of a fresh node comes by command, before there is anything else."""

import json

from flask import Flask

from app.accounts.queries.branches import find_park
from app.extensions import db
from tests.conftest import Node


def test_the_first_user_makes_the_root_it_stands_on(in_app: Flask, node: Node) -> None:
    node.empty()
    words = ["accounts", "add-user", "--login", "an.giu", "--name", "An", "--role", "admin"]
    done = in_app.test_cli_runner().invoke(args=[*words, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["login"] == "an.giu"
    root = find_park(db.session())
    assert root is not None
    assert root.name == "KCN Vân Trung"
