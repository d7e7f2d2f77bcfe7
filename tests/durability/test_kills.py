"""The server is killed at random moments under load: what it acknowledged is never lost."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import Settings
from tests.durability.park import (
    Client,
    Server,
    Told,
    make_commands,
    make_crowd,
    send_once,
    send_until_answered,
    settings_for,
)
from tests.durability.reckoning import check_everything, kept_keys

SEED = 20211109
KILLS, KILLS_LONG = 10, 300
CLIENTS = 12
CHECKED_EVERY = 10


@pytest.fixture
def settings(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A node's folder and database, used by nobody else."""
    url = f"sqlite:///{tmp_path / 'anca.db'}"
    if database == "postgresql":
        url = request.getfixturevalue("postgres").new_database("killed")
    return settings_for(tmp_path, url)


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    """Its server; gone afterwards whatever happens."""
    server = Server(settings)
    yield server
    server.kill()


def test_what_was_acknowledged_survives_every_kill(
    settings: Settings, server: Server, long_run: bool
) -> None:
    people = make_crowd(settings, CLIENTS)
    chance, told = random.Random(SEED), Told()
    clients = [
        Client(server, told, person, SEED + number, most=1 if number % 3 else 40)
        for number, person in enumerate(people)
    ]
    server.start()
    for client in clients:
        client.start()
    least = KILLS_LONG if long_run else KILLS
    for kill in range(least):
        told.wait_for(len(told.results) + chance.randint(1, 120))
        server.kill()
        if kill % CHECKED_EVERY == 0:
            sent = {key for client in clients for key in [*client.sent]}
            check_everything(settings, dict(told.results), sent)
        server.start()
    server.kill()
    server.start(die="committed:3")  # of random kills few fall between a commit and its answer
    server.wait_until_dead()
    server.start()
    for client in clients:
        client.stopping.set()
    for client in clients:
        client.join()
    server.kill()
    sent = {key for client in clients for key in client.sent}
    assert not told.wrong
    assert told.again, "no kill fell between a commit and its answer: this test proved little"
    assert set(told.results) == sent
    check_everything(settings, told.results, sent)
    assert set(kept_keys(settings)) == sent


@pytest.mark.parametrize("moment", ["change:1", "change:4", "commit:1", "committed:1"])
def test_a_kill_inside_a_batch_keeps_whole_commands_only(
    settings: Settings, server: Server, moment: str
) -> None:
    (person,) = make_crowd(settings, 1)
    commands = make_commands(random.Random(SEED), 50)
    keys = [command["key"] for command in commands]
    server.start(die=moment)
    assert send_once(server, person, commands) is None
    server.wait_until_dead()
    kept = set(kept_keys(settings))
    assert kept == set(keys[: len(kept)]), "commands were kept out of their order"
    check_everything(settings, {}, keys)
    if moment == "committed:1":
        assert kept, "the batch was committed before the kill"
    server.start()
    results = send_until_answered(server, person, commands)
    server.kill()
    assert [each["key"] for each in results] == keys
    outcomes = {each["key"]: each["outcome"] for each in results}
    assert {key for key in keys if outcomes[key] == "already_applied"} == kept
    check_everything(settings, {each["key"]: each["result"] for each in results}, keys)


def test_a_client_that_repeats_itself_hears_the_same_again(
    settings: Settings, server: Server
) -> None:
    (person,) = make_crowd(settings, 1)
    commands = make_commands(random.Random(SEED), 20)
    server.start()
    first = send_until_answered(server, person, commands)
    server.kill()
    server.start()
    again = send_until_answered(server, person, commands)
    server.kill()
    assert [each["result"] for each in first] == [each["result"] for each in again]
    assert {each["outcome"] for each in again} == {"already_applied"}
