"""Joins the pages' ES modules into one script: sources stay as they are, a phone asks once."""

import re
from collections.abc import Callable
from posixpath import dirname, normpath
from posixpath import join as join_paths

Read = Callable[[str], str]

_FROM = r"""\s*from\s*["'](?P<path>[^"']+)["'];?"""
_NAMED = re.compile(r"^import\s*\{(?P<names>[^}]*)\}" + _FROM, re.M)
_WHOLE = re.compile(r"^import\s*\*\s*as\s+(?P<name>\w+)" + _FROM, re.M)
_BARE = re.compile(r"""^import\s*["'](?P<path>[^"']+)["'];?""", re.M)
_LAZY = re.compile(r"""\bimport\(\s*["'](?P<path>[^"']+)["']\s*\)""")
_DECLARED = re.compile(
    r"^export\s+(?=(?:async\s+)?(?:function\*?|const|class)\s+(?P<name>\w+))", re.M
)
_LISTED = re.compile(r"^export\s*\{(?P<names>[^}]*)\};?", re.M)
_LEFT = re.compile(r"^(?:import\b(?!\()|export\b)[^\n]*", re.M)
_REMARK = re.compile(r"^\s*(?:/\*\*.*?\*/|//[^\n]*)[ \t]*\n", re.M | re.S)


class UnjoinableError(Exception):
    """A module is written in a way that cannot be put into one script."""


def imports_of(source: str, path: str, lazy: bool = False) -> list[str]:
    """Paths of the modules that the module at `path` names, in order; `lazy`: of import() too."""
    forms = (_NAMED, _WHOLE, _BARE, *((_LAZY,) if lazy else ()))
    found = [match for form in forms for match in form.finditer(source)]
    found.sort(key=lambda match: match.start())
    return list(dict.fromkeys(_resolve(path, match["path"]) for match in found))


def closure_of(path: str, read: Read, lazy: bool = False) -> list[str]:
    """The module at `path` and all that it needs, each after what it needs itself."""
    done: dict[str, bool] = {}

    def visit(one: str) -> None:
        if one in done:
            if not done[one] and not lazy:
                raise UnjoinableError(f"{one} imports itself by way of others")
            return
        done[one] = False
        for needed in imports_of(read(one), one, lazy):
            visit(needed)
        del done[one]
        done[one] = True

    visit(path)
    return list(done)


def join(entry: str, path: str, read: Read) -> str:
    """One script that does what the module `entry` would do if it stood at `path`."""

    def read_all(one: str) -> str:
        return entry if one == path else read(one)

    order = closure_of(path, read_all)
    names = {one: f"m{number}" for number, one in enumerate(order)}
    bodies = [_wrapped(read_all(one), one, names) for one in order]
    return '"use strict";\n(() => {\n' + "\n".join(bodies) + "\n})();\n"


def _wrapped(source: str, path: str, names: dict[str, str]) -> str:
    """A module as a function that is called at once and gives what it exports."""
    exported: list[str] = []

    def named(match: re.Match[str]) -> str:
        taken = ", ".join(_pairs(match["names"], "{}: {}"))
        return f"const {{ {taken} }} = {names[_resolve(path, match['path'])]};"

    def whole(match: re.Match[str]) -> str:
        return f"const {match['name']} = {names[_resolve(path, match['path'])]};"

    def declared(match: re.Match[str]) -> str:
        exported.append(match["name"])
        return ""

    def listed(match: re.Match[str]) -> str:
        exported.extend(_pairs(match["names"], "{1}: {0}"))
        return ""

    body = _REMARK.sub("", source)
    for form, replacement in ((_NAMED, named), (_WHOLE, whole), (_DECLARED, declared)):
        body = form.sub(replacement, body)
    body = _BARE.sub("", _LISTED.sub(listed, body))
    if left := _LEFT.search(body):
        raise UnjoinableError(f"{path}: {left[0]}")
    given = ", ".join(exported)
    return f"const {names[path]} = (() => {{\n{body.strip()}\nreturn {{ {given} }};\n}})();"


def _pairs(names: str, form: str) -> list[str]:
    """`a, b as c` as ["a", "b: c"], or turned round for what is given away."""
    pairs = [part.split() for part in names.split(",") if part.strip()]
    return [each[0] if len(each) == 1 else form.format(each[0], each[-1]) for each in pairs]


def _resolve(path: str, named: str) -> str:
    if not named.startswith("."):
        raise UnjoinableError(f"{path} imports {named}, which is no file beside it")
    return normpath(join_paths(dirname(path), named))
