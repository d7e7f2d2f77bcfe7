"""Which files of the instance folder a backup may bring."""

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.upkeep.rules.manifests import may_be_kept


@pytest.mark.parametrize(
    "name",
    ["server", "wildcard.khu.vn", "Chứng chỉ mới (2)", "server-key", "_.khu.vn", "console", "com"],
)
def test_a_certificate_may_be_called_what_its_maker_called_it(name: str) -> None:
    assert may_be_kept(f"tls/{name}.pem")


@pytest.mark.parametrize(
    "name",
    [
        *("../x", "a/b", "a\\b", "c:x", "x:y", ".hidden", "..", " x", ""),
        *("CON", "nul", "com1", "LPT9.old", "aux ", "com\u00b9", "CONIN$"),
        *("a\nb", "a\0b", "a\x85b", "a\udce9b", "a*", "a?", 'a"b', "a|b", "<a>", "a" * 130),
    ],
)
def test_a_name_that_means_more_than_one_file_is_refused(name: str) -> None:
    assert not may_be_kept(f"tls/{name}.pem")


@given(st.text(st.sampled_from("abC0.-_ /\\:~é\0\n"), max_size=12))
def test_whatever_a_backup_brings_lies_in_its_folder_on_every_system(text: str) -> None:
    name = f"tls/{text}.pem"
    if may_be_kept(name):
        for path in (PurePosixPath(name), PureWindowsPath(name)):
            assert path.as_posix() == name
            assert (path.parent.as_posix(), path.suffix) == ("tls", ".pem")
        name.encode()
