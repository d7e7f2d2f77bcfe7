"""Backups: made while the node works, proved by a trial, put back without destroying anything."""

import contextlib
import itertools
import json
import os
import random
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.accounts.actions.office import set_active
from app.factory import build_app
from app.kernel.refusals import Refusal
from app.settings import Secrets
from app.upkeep.gateways.archive import MANIFEST, SECRETS, write_archive
from app.upkeep.gateways.backups import FILES, Backups, _SecretsInPlace
from app.upkeep.rules.manifests import Manifest
from app.web import schema
from app.web.schema import newest_revision, upgrade
from app.workforce.queries.workers import get_worker
from tests.conftest import Node
from tests.factories.people import STORY, Cast
from tests.features.upkeep.conftest import EmptyNode

Make = Callable[[], EmptyNode]


def refusal_of(deed: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as caught:
        deed()
    return caught.value.code


def resealed(backup: Path, target: Path, change: Callable[[dict[str, object]], None]) -> Path:
    """The same backup with another manifest, whole and sealed again."""
    folder = target.with_suffix(".parts")
    with zipfile.ZipFile(backup) as packed:
        packed.extractall(folder)
        members = [name for name in packed.namelist() if name not in {MANIFEST, SECRETS}]
    told = json.loads((folder / MANIFEST).read_bytes())
    change(told)
    raw = json.dumps(told).encode()

    class Changed(Manifest):
        def as_bytes(self) -> bytes:
            return raw

    any_manifest = Manifest.read(zipfile.ZipFile(backup).read(MANIFEST))
    changed = Changed(**{name: getattr(any_manifest, name) for name in Manifest.__slots__})
    kept = [f"{FILES}/{name}" for name in told.get("files", ())]
    present = [name for name in members if name in kept or not name.startswith(f"{FILES}/")]
    write_archive(target, changed, folder / SECRETS, folder, present, lambda _: None)
    return target


def test_a_backup_says_what_it_holds_and_only_its_owner_reads_it(
    source: Backups, backup: Path, node: Node
) -> None:
    manifest = source.verify(backup)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    rows = {table.name: table.rows for table in manifest.tables}
    assert rows["worker"] == 5
    assert manifest.revision == newest_revision()
    assert (manifest.node_name, manifest.role) == ("KCN Vân Trung", "park")
    told = json.loads(zipfile.ZipFile(backup).read(MANIFEST))
    assert told["holds"] == ["health data", "secrets.json"]
    assert "Cất giữ" in told["warning"]


def test_nothing_is_left_beside_a_backup(source: Backups, backup: Path, node: Node) -> None:
    source.verify(backup)
    assert [each.name for each in backup.parent.iterdir()] == ["park.zip"]
    assert not list(node.folder.glob(".scratch-*"))


def test_a_restored_node_reads_what_was_encrypted(
    backup: Path, empty_node: Make, cast: Cast, node: Node
) -> None:
    fresh = empty_node()
    fresh.backups().restore(backup, node.clock.at, replace=False)
    restored = build_app(fresh.settings, node.clock)
    with restored.app_context():
        engine = restored.extensions["writer"].engine
        with Session(engine) as session:
            worker = get_worker(session, cast.sao_bac.people["hoa"].id)
            assert (worker.name, worker.phone) == ("Nguyễn Thị Hoa", "0900000118")
        engine.dispose()
    assert Secrets.in_folder(fresh.settings.instance) == Secrets.in_folder(node.folder)


def test_a_restored_node_counts_on_where_the_old_one_stopped(
    backup: Path, empty_node: Make, node: Node, source: Backups
) -> None:
    fresh = empty_node()
    fresh.backups().restore(backup, node.clock.at, replace=False)
    with fresh.engine.begin() as connection:
        added = connection.scalar(
            text(
                "INSERT INTO branch (kind, code, name, path) VALUES ('park', 'X', 'X', '/x/') "
                "RETURNING id"
            )
        )
        highest = connection.scalar(text("SELECT max(id) FROM branch"))
    assert added == highest


def test_work_goes_on_while_a_backup_is_made(
    source: Backups,
    node: Node,
    cast: Cast,
    tmp_path: Path,
    write: Callable[..., object],
    session: Session,
) -> None:
    hoa, switches = cast.sao_bac.people["hoa"].id, iter([False, True] * 500)

    def interrupt(_: float) -> None:
        active = next(switches)
        write(lambda s: set_active(s, hoa, active=active, actor=STORY, now=node.clock.at))

    source.create(tmp_path / "busy.zip", node.clock.at, interrupt)
    source.verify(tmp_path / "busy.zip")


@pytest.mark.parametrize("kept_share", [0.0, 0.01, 0.5, 0.99])
def test_a_truncated_backup_is_refused(
    source: Backups, backup: Path, tmp_path: Path, kept_share: float
) -> None:
    whole = backup.read_bytes()
    short = tmp_path / "short.zip"
    short.write_bytes(whole[: int(len(whole) * kept_share)])
    assert refusal_of(lambda: source.verify(short)) in {"backup.damaged", "backup.not_a_backup"}
    short.write_bytes(whole[:-1])
    assert refusal_of(lambda: source.verify(short)) == "backup.damaged"


def test_a_flipped_bit_anywhere_is_refused(
    source: Backups, backup: Path, tmp_path: Path, long_run: bool
) -> None:
    whole, chance = backup.read_bytes(), random.Random(7)
    ends = [*range(0, 80, 4), *range(len(whole) - 160, len(whole), 4)]
    inside = [chance.randrange(len(whole)) for _ in range(2000 if long_run else 60)]
    bad = tmp_path / "bad.zip"
    for place in [*ends, *inside]:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << chance.randrange(8)
        bad.write_bytes(flipped)
        code = refusal_of(lambda: source.verify(bad))
        assert code in {"backup.damaged", "backup.not_a_backup"}, place
        if place >= 80:
            assert code == "backup.damaged", place


def test_what_never_was_a_backup_is_called_so(source: Backups, tmp_path: Path) -> None:
    letter, other = tmp_path / "letter.txt", tmp_path / "other.zip"
    letter.write_text("Kính gửi")
    with zipfile.ZipFile(other, "w") as packed:
        packed.writestr("a.txt", "a" * 500)
    for path in (letter, other, tmp_path, tmp_path / "missing.zip"):
        assert refusal_of(lambda path=path: source.verify(path)) == "backup.not_a_backup"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda told: told.update(revision="9999"), "backup.newer_than_program"),
        (lambda told: told.update(format=3), "backup.newer_than_program"),
        (lambda told: told.update(database="oracle"), "backup.other_database"),
        (lambda told: told.update(kind="holiday photos"), "backup.not_a_backup"),
        (lambda told: told.pop("tables"), "backup.damaged"),
        (lambda told: told["tables"][0].update(rows=-1), "backup.damaged"),
        (lambda told: told["tables"][0].update(digest="0" * 64), "backup.damaged"),
        (lambda told: told["tables"][3].update(name="x; DROP TABLE worker"), "backup.damaged"),
        (lambda told: told["tables"].pop(), "backup.damaged"),
    ],
)
def test_a_backup_that_contradicts_its_manifest_is_refused(
    source: Backups,
    backup: Path,
    tmp_path: Path,
    change: Callable[[dict[str, object]], None],
    code: str,
) -> None:
    changed = resealed(backup, tmp_path / "changed.zip", change)
    assert refusal_of(lambda: source.verify(changed)) == code


def test_a_backup_from_before_it_brought_settings_is_read(
    source: Backups, backup: Path, tmp_path: Path
) -> None:
    def make_old(told: dict[str, object]) -> None:
        told.update(format=1)
        del told["files"]

    source.verify(resealed(backup, tmp_path / "old.zip", make_old))


def test_a_backup_with_a_part_missing_is_refused(
    source: Backups, backup: Path, tmp_path: Path, node: Node
) -> None:
    manifest = Manifest.read(zipfile.ZipFile(backup).read(MANIFEST))
    hollow = tmp_path / "hollow.zip"
    secrets_file = node.folder / SECRETS
    write_archive(hollow, manifest, secrets_file, tmp_path, [], lambda _: None)
    assert refusal_of(lambda: source.verify(hollow)) == "backup.damaged"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names and links")
def test_certificates_come_back_under_whatever_names_they_have(
    source: Backups, node: Node, tmp_path: Path, empty_node: Make
) -> None:
    tls = node.folder / "tls"
    tls.mkdir(exist_ok=True)
    named = [tls / f"{name}.pem" for name in ("wildcard.khu.vn", "Chứng chỉ KCN", "khoa:cu")]
    for path in named:
        path.write_text(path.stem, encoding="utf-8")
    (tls / "old.pem").mkdir()
    (tls / "gone.pem").symlink_to(tls / "nowhere.pem")
    try:
        made = source.create(tmp_path / "named.zip", node.clock.at)
    finally:
        shutil.rmtree(tls)
    source.verify(made.path)
    fresh = empty_node()
    fresh.backups().restore(made.path, node.clock.at, replace=False)
    back = {path.name: path.read_text("utf-8") for path in fresh.settings.instance.glob("tls/*")}
    assert back == {path.name: path.stem for path in named[:2]}


def test_a_backup_never_replaces_a_file(source: Backups, backup: Path, node: Node) -> None:
    before = backup.read_bytes()
    assert refusal_of(lambda: source.create(backup, node.clock.at)) == "backup.file_exists"
    assert backup.read_bytes() == before


def test_a_node_without_tables_has_nothing_to_back_up(
    empty_node: Make, tmp_path: Path, node: Node
) -> None:
    target = tmp_path / "nothing.zip"
    code = refusal_of(lambda: empty_node().backups().create(target, node.clock.at))
    assert code == "backup.nothing_yet"
    assert not target.exists()


def test_a_set_up_but_empty_node_takes_a_backup(backup: Path, empty_node: Make, node: Node) -> None:
    fresh = empty_node()
    made_on_first_start = Secrets.in_folder(fresh.settings.instance)
    upgrade(fresh.engine)
    fresh.engine.dispose()
    restored = fresh.backups().restore(backup, node.clock.at, replace=False)
    assert fresh.count("worker") == 5
    assert restored.old_data is None
    assert restored.old_secrets is not None
    assert Path(restored.old_secrets).read_text().count(made_on_first_start.session_key) == 1


@pytest.mark.parametrize("step", range(6))
def test_keys_cut_off_on_their_way_are_the_old_or_the_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    places = tmp_path / "old", tmp_path / "new"
    old, new = (Secrets.in_folder(place) for place in places)
    wanted = (places[1] / SECRETS).read_bytes()
    steps = itertools.count()

    def cut_off(usual: Callable[..., Any]) -> Callable[..., Any]:
        def one_step(*words: Any) -> Any:
            if next(steps) == step:
                raise OSError
            return usual(*words)

        return one_step

    with monkeypatch.context() as patched, contextlib.suppress(OSError):
        patched.setattr(os, "open", cut_off(os.open))
        patched.setattr(os, "fsync", cut_off(os.fsync))
        _SecretsInPlace(places[0] / SECRETS, wanted, "now").put()
    assert Secrets.in_folder(places[0]) in (old, new)


def test_a_node_with_data_is_left_alone(backup: Path, empty_node: Make, node: Node) -> None:
    fresh = empty_node()
    fresh.backups().restore(backup, node.clock.at, replace=False)
    with fresh.engine.begin() as connection:
        connection.execute(text("UPDATE branch SET name = 'hôm nay'"))
    again = fresh.backups()
    code = refusal_of(lambda: again.restore(backup, node.clock.at, replace=False))
    assert code == "backup.folder_not_empty"
    with fresh.engine.connect() as connection:
        assert connection.scalar(text("SELECT min(name) FROM branch")) == "hôm nay"


def test_replacing_moves_the_old_data_aside(
    backup: Path, empty_node: Make, node: Node, database: str
) -> None:
    fresh = empty_node()
    fresh.backups().restore(backup, node.clock.at, replace=False)
    with fresh.engine.begin() as connection:
        connection.execute(text("UPDATE branch SET name = 'hôm nay'"))
    fresh.engine.dispose()
    restored = fresh.backups().restore(backup, node.clock.at, replace=True)
    with fresh.engine.connect() as connection:
        assert connection.scalar(text("SELECT min(name) FROM branch")) != "hôm nay"
        assert restored.old_data is not None
        if database == "sqlite":
            assert Path(restored.old_data).exists()
            connection.exec_driver_sql(f"ATTACH '{restored.old_data}' AS old_data")
            place = "old_data"
        else:
            place = restored.old_data
        names = connection.scalars(text(f"SELECT DISTINCT name FROM {place}.branch")).all()
        assert names == ["hôm nay"]


def test_data_under_other_keys_is_not_replaced(backup: Path, empty_node: Make, node: Node) -> None:
    fresh = empty_node()
    fresh.backups().restore(backup, node.clock.at, replace=False)
    secrets_file = fresh.settings.instance / SECRETS
    secrets_file.unlink()
    Secrets.in_folder(fresh.settings.instance)
    fresh.engine.dispose()
    before = secrets_file.read_bytes()
    code = refusal_of(lambda: fresh.backups().restore(backup, node.clock.at, replace=True))
    assert code == "backup.other_secrets"
    assert secrets_file.read_bytes() == before
    assert fresh.count("worker") == 5


def test_a_database_in_use_is_not_replaced(backup: Path, empty_node: Make, node: Node) -> None:
    fresh = empty_node()
    fresh.backups().restore(backup, node.clock.at, replace=False)
    fresh.engine.dispose()
    server = build_app(fresh.settings, node.clock)
    with server.app_context():
        engine = server.extensions["writer"].engine
        with engine.connect() as working:
            working.execute(text("SELECT 1"))
            code = refusal_of(lambda: fresh.backups().restore(backup, node.clock.at, replace=True))
        engine.dispose()
    assert code == "backup.node_running"
    assert fresh.count("worker") == 5


def test_a_damaged_backup_changes_nothing(
    backup: Path, empty_node: Make, node: Node, tmp_path: Path
) -> None:
    changed = resealed(
        backup, tmp_path / "wrong.zip", lambda told: told["tables"][3].update(rows=77)
    )
    fresh = empty_node()
    code = refusal_of(lambda: fresh.backups().restore(changed, node.clock.at, replace=False))
    assert code == "backup.damaged"
    assert not fresh.backups().store.has_rows()
    assert not (fresh.settings.instance / SECRETS).exists()


class NextYear:
    """The schema of a later program: one table more than today's."""

    def newest_revision(self) -> str:
        return "next"

    def knows_revision(self, revision: str) -> bool:
        return revision == "next" or schema.knows_revision(revision)

    def upgrade_on(self, connection: Connection, revision: str = "head") -> None:
        schema.upgrade_on(connection, revision)
        if revision == "head":
            connection.execute(text("CREATE TABLE of_next_year (id INTEGER PRIMARY KEY)"))
            connection.execute(text("UPDATE alembic_version SET version_num = 'next'"))

    def downgrade_on(self, connection: Connection, revision: str = "base") -> None:
        schema.downgrade_on(connection, revision)


def test_an_older_backup_is_brought_to_the_newest_schema(
    backup: Path, empty_node: Make, node: Node
) -> None:
    fresh = empty_node()
    later = fresh.backups(NextYear())
    later.verify(backup)
    later.restore(backup, node.clock.at, replace=False)
    assert (fresh.count("of_next_year"), fresh.count("worker")) == (0, 5)
    newer = later.create(fresh.settings.instance / "newer.zip", node.clock.at).path
    code = refusal_of(lambda: empty_node().backups().restore(newer, node.clock.at, replace=False))
    assert code == "backup.newer_than_program"


def test_a_park_does_not_become_a_province(
    backup: Path, empty_node: Make, node: Node, tmp_path: Path
) -> None:
    changed = resealed(
        backup, tmp_path / "province.zip", lambda told: told["node"].update(role="province")
    )
    fresh = empty_node()
    code = refusal_of(lambda: fresh.backups().restore(changed, node.clock.at, replace=False))
    assert code == "backup.other_role"


@pytest.mark.skipif(os.name == "nt", reason="modes of folders are not kept on Windows")
def test_a_folder_that_takes_no_file_is_told(source: Backups, node: Node, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    code = refusal_of(lambda: source.create(in_the_way / "b.zip", node.clock.at))
    assert code == "backup.not_written"
