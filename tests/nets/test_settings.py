"""Settings that other people rely on are read, and nothing else reads the environment."""

import ast
from pathlib import Path

import pytest

from app.settings import ROOT, NodeRole, Settings, UnsafeSetting

# The names of the outside contract; they may be added to, never renamed.
PROMISED = {
    "ANCA_ROLE": "province",
    "ANCA_NAME": "KCN Vân Trung",
    "DATABASE_URL": "postgresql://anca@db/anca",
    "ANCA_INSTANCE": "/srv/anca",
    "ANCA_HOST": "::1",
    "ANCA_PORT": "8443",
    "ANCA_WORKERS": "3",
    "ANCA_TIMEZONE": "Asia/Bangkok",
    "ANCA_LOCALE": "en",
    "ANCA_UPSTREAM_URL": "https://tinh.example",
    "ANCA_BROKER_URL": "redis://broker",
    "ANCA_TLS_CERT": "/srv/cert.pem",
    "ANCA_TLS_KEY": "/srv/key.pem",
    "ANCA_TRUSTED_PROXIES": "2",
}
SERVED_ELSEWHERE = {"app/settings.py", "app/serve.py"}


def test_every_promised_setting_is_read() -> None:
    text = (ROOT / "app" / "settings.py").read_text(encoding="utf-8")
    named = {
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert sorted(set(PROMISED) - named) == []


@pytest.mark.parametrize("name", PROMISED)
def test_a_promised_setting_changes_something(name: str, tmp_path: Path) -> None:
    without = Settings.from_environment({"ANCA_INSTANCE": str(tmp_path)})
    given = {"ANCA_INSTANCE": str(tmp_path), name: PROMISED[name]}
    assert Settings.from_environment(given) != without


def test_a_file_in_the_instance_folder_fills_the_gaps(tmp_path: Path) -> None:
    lines = "# ours\nANCA_NAME='KCN Quang Châu'\nANCA_PORT=9000\n"
    (tmp_path / "anca.env").write_text(lines, encoding="utf-8")
    given = {"ANCA_INSTANCE": str(tmp_path), "ANCA_PORT": "9001", "ANCA_ROLE": "park"}
    settings = Settings.from_environment(given)
    assert (settings.name, settings.port, settings.role) == ("KCN Quang Châu", 9001, NodeRole.PARK)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"ANCA_WORKERS": "2"}, "ANCA_WORKERS"),
        ({"ANCA_DHIS2_URL": "http://dhis2.example", "ANCA_DHIS2_TOKEN": "x"}, "ANCA_DHIS2_URL"),
        ({"ANCA_DHIS2_URL": "https://dhis2.example"}, "ANCA_DHIS2_TOKEN"),
        ({"ANCA_DHIS2_URI": "https://dhis2.example"}, "ANCA_DHIS2_URI"),
        ({"ANCA_HOST": "0.0.0.0"}, "ANCA_HOST"),
        ({"ANCA_TLS_CERT": "/nowhere.pem"}, "ANCA_TLS_CERT"),
        ({"ANCA_TLS_CERT": "/a.pem", "ANCA_TLS_KEY": "/b.pem"}, "ANCA_TLS_CERT"),
        ({"ANCA_DEVELOPMENT": "1"}, "ANCA_DEVELOPMENT"),
        ({"ANCA_ROLE": "village"}, "ANCA_ROLE"),
        ({"ANCA_PORT": "http"}, "ANCA_PORT"),
        ({"ANCA_TIMEZONE": "Asia/Nowhere"}, "ANCA_TIMEZONE"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
    ],
)
def test_an_unsafe_or_unreadable_setting_is_refused_by_name(
    given: dict[str, str], named: str, tmp_path: Path
) -> None:
    with pytest.raises(UnsafeSetting, match=named):
        Settings.from_environment({"ANCA_INSTANCE": str(tmp_path), **given}).refuse_unsafe()


def test_only_settings_read_the_environment() -> None:
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "app").rglob("*.py")
        if "os.environ" in path.read_text(encoding="utf-8")
        or "getenv" in path.read_text(encoding="utf-8")
    }
    assert readers <= SERVED_ELSEWHERE
