"""Writes gate_passes.json: what a gate scans, what it knows, and the one right verdict.

The keys are fixed and worth nothing: run again, it writes the same file.
"""

import base64
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey

from app.gate.gateways.signing import KID_LENGTH, sign_pass
from app.gate.rules.passes import Pass

NBF, EXP = 1_764_000_000, 1_764_036_000
HOUR, MINUTE, SECOND = 3600, 60, 1
NOON = NBF + 5 * HOUR


def key(seed: int) -> tuple[str, str, str]:
    """A key out of a number: `kid`, `x`, and all of it."""
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    jwk = OKPKey.import_key(private)
    parts = dict(jwk.as_dict(private=True))
    return jwk.thumbprint()[:KID_LENGTH], parts["x"], json.dumps(parts)


OURS, OLD, THEIRS = key(1), key(2), key(3)


def text(signed_by: tuple[str, str, str] = OURS, **more: Any) -> str:
    """A pass of Hoa's, changed as asked."""
    parts = {
        "park": "VTR",
        "jti": "standing-jti",
        "sub": "c0ffee0123456789",
        "company": "SAOBAC",
        "on": "2025-11-24",
        "shift": "ca1",
        "nbf": NBF,
        "exp": EXP,
        "iat": NBF + HOUR,
    }
    return sign_pass(Pass(**(parts | more)), signed_by[0], signed_by[2])


def segment(value: Any) -> str:
    """Base64url of JSON."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forged(payload: dict[str, Any], kid: str = OURS[0], alg: str = "EdDSA") -> str:
    """A pass with somebody else's signature under it."""
    signature = text().rpartition(".")[2]
    return f"{segment({'alg': alg, 'kid': kid})}.{segment(payload)}.{signature}"


def payload(**more: Any) -> dict[str, Any]:
    said = {"v": 1, "park": "VTR", "jti": "x", "sub": "y", "co": "SAOBAC", "on": "2025-11-24"}
    return said | {"sh": "ca1", "nbf": NBF, "exp": EXP, "iat": NBF} | more


GOOD = text()
DAMAGED = GOOD[:-6] + ("A" if GOOD[-6] != "A" else "B") + GOOD[-5:]
CASES: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("a pass of this shift", GOOD, {}, "valid", "checked"),
    ("read with white space around it", f"  {GOOD}\n", {}, "valid", "checked"),
    ("the second it opens", GOOD, {"device": NBF + HOUR, "highest": NBF}, "valid", "checked"),
    ("before it opens", text(iat=NBF - HOUR), {"device": NBF - 1, "highest": None},
     "not_yet", "checked"),
    ("the last second", GOOD, {"device": EXP - SECOND}, "valid", "checked"),
    ("a photo of it after the shift", GOOD, {"device": EXP}, "expired", "checked"),
    ("going home late", GOOD, {"device": EXP + 3 * HOUR, "direction": "out"}, "valid", "checked"),
    ("going home the next day", GOOD, {"device": EXP + 12 * HOUR, "direction": "out"},
     "expired", "checked"),
    ("under the key before this one", text(OLD), {}, "valid", "checked"),
    ("revoked", text(jti="revoked-jti1"), {}, "revoked", "checked"),
    ("revoked, and long over", text(jti="revoked-jti1"), {"device": EXP + HOUR},
     "revoked", "checked"),
    ("of another park, under its key", text(THEIRS, park="DBA"), {}, "other_park", "checked"),
    ("of another park, under ours", text(park="DBA"), {}, "other_park", "checked"),
    ("of another company of this park", text(company="MINHTRI"), {}, "valid", "checked"),
    ("of another company, at a company's own gate", text(company="MINHTRI"),
     {"companies": ["SAOBAC"]}, "other_park", "checked"),
    ("of the company of the gate", GOOD, {"companies": ["SAOBAC"]}, "valid", "checked"),
    ("under a key that nobody knows here", text(THEIRS), {}, "unknown_key", "checked"),
    ("one letter of the signature changed", DAMAGED, {}, "unknown_key", "checked"),
    ("the end of the shift changed", forged(payload(exp=EXP + 99 * HOUR)), {},
     "unknown_key", "checked"),
    ("a signature of no length at all", forged(payload()).rpartition(".")[0] + ".AA", {},
     "unknown_key", "checked"),
    ("no algorithm", forged(payload(), alg="none"), {}, "unreadable", "checked"),
    ("another algorithm", forged(payload(), alg="HS256"), {}, "unreadable", "checked"),
    ("a later version", forged(payload(v=2)), {}, "unreadable", "checked"),
    ("times that are words", forged(payload(exp="tomorrow")), {}, "unreadable", "checked"),
    ("times with a fraction", forged(payload(exp=EXP + 0.5)), {}, "unreadable", "checked"),
    ("times that are yes and no", forged(payload(nbf=True)), {}, "unreadable", "checked"),
    ("no worker in it", forged(payload(sub="")), {}, "unreadable", "checked"),
    ("a list in place of what it says", f"{segment([1])}.{segment([2])}.AAAA", {},
     "unreadable", "checked"),
    ("nothing", "", {}, "unreadable", "checked"),
    ("three dots", "...", {}, "unreadable", "checked"),
    ("an address", "https://example.org/a.b.c?d=e", {}, "unreadable", "checked"),
    ("a card's address", "https://anca.internal/c#9f1kQeQ2mX0aV5cGm8b3Zw", {},
     "unreadable", "checked"),
    ("a vaccine certificate", "HC1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH-R6IOOK.IR9B+9G4G50P",
     {},
     "unreadable", "checked"),
    ("somebody's log-in token", forged({"iss": "https://example.org", "sub": "1"}), {},
     "unreadable", "checked"),
    ("four thousand letters", "A" * 4096, {}, "unreadable", "checked"),
    ("four thousand letters that look like a pass", "A" * 2000 + "." + "B" * 2000 + "." + "C" * 94,
     {}, "unreadable", "checked"),
    ("letters that are no base64", GOOD.replace(".", ".đ", 1), {}, "unreadable", "checked"),
    ("a clock never checked", GOOD, {"highest": None}, "valid", "checked"),
    ("a clock never checked, and no pass of ours either", "https://example.org",
     {"highest": None}, "unreadable", "never_checked"),
    ("a clock put back to yesterday", text(iat=NBF - HOUR), {"device": NBF - 20 * HOUR},
     "valid", "behind"),
    ("a photo of yesterday with the clock put back to yesterday", GOOD,
     {"device": NBF + 2 * HOUR, "highest": EXP + 10 * HOUR}, "expired", "behind"),
    ("a clock that a pass itself shows to be behind", text(iat=NOON),
     {"device": NOON - HOUR, "highest": NBF}, "valid", "behind"),
    ("a forged time of issue moves no clock", forged(payload(iat=EXP + 99 * HOUR)), {},
     "unknown_key", "checked"),
    ("a clock half a minute slow", GOOD, {"device": NOON - 30, "highest": NOON},
     "valid", "checked"),
]  # fmt: skip


def case(name: str, scanned: str, more: dict[str, Any], verdict: str, clock: str) -> dict[str, Any]:
    known = {"device": NOON, "highest": NOON - MINUTE, "direction": "in", "companies": None}
    known |= {key: value for key, value in more.items() if key in known}
    return {"name": name, "scanned": scanned, **known, "verdict": verdict, "clock": clock}


def row(verdict: str, reason: str, *, hours: bool = True) -> dict[str, Any]:
    opens, until = (NBF, EXP) if hours else (None, None)
    return {"verdict": verdict, "reason_class": reason, "opens": opens, "until": until}


ENTER, IDLE = row("enter", "answered"), row("wait", "not_answered")
RED, AMBER = row("stop", "risk"), row("wait", "watch")
OFF = row("wait", "off_shift", hours=False)
BADGES: list[tuple[str, dict[str, Any] | None, int, str, str, str]] = [
    ("answered", ENTER, NOON, "in", "enter", "answered"),
    ("not answered", IDLE, NOON, "in", "wait", "not_answered"),
    ("at risk", RED, NOON, "in", "stop", "risk"),
    ("at risk, going out", RED, NOON, "out", "stop", "risk"),
    ("to be watched", AMBER, NOON, "in", "wait", "watch"),
    ("no shift", OFF, NOON, "in", "wait", "off_shift"),
    ("no shift, going out", OFF, NOON, "out", "enter", "off_shift"),
    ("not answered, going out", IDLE, NOON, "out", "enter", "not_answered"),
    ("nobody", None, NOON, "in", "unknown_badge", "unknown"),
    ("nobody, going out", None, NOON, "out", "unknown_badge", "unknown"),
    ("answered for a shift that is over", ENTER, EXP, "in", "wait", "not_answered"),
    ("answered for a shift that is over, going out", ENTER, EXP + HOUR, "out", "enter", "answered"),
    ("answered for a shift that is far off", ENTER, NBF - 1, "in", "wait", "off_shift"),
    ("answered, the second it opens", ENTER, NBF, "in", "enter", "answered"),
]
AGAIN: list[tuple[str, list[Any] | None, str, int, bool]] = [
    ("never seen", None, "in", NOON, False),
    ("in twice", ["in", NOON - MINUTE], "in", NOON, True),
    ("in after out", ["out", NOON - MINUTE], "in", NOON, False),
    ("out after in", ["in", NOON - HOUR], "out", NOON, False),
    ("in on the next day", ["in", NOON - 20 * HOUR], "in", NOON, False),
    ("in at a later time than now", ["in", NOON + HOUR], "in", NOON, False),
]
BADGE_KEYS = {"sb-20417": "SB20417", " SB 20.417 ": "SB20417", "sb_20/417": "SB20417", "": ""}


def vectors() -> dict[str, Any]:
    """All of the file."""
    return {
        "park": "VTR",
        "keys": [{"kid": kid, "kty": "OKP", "crv": "Ed25519", "x": x} for kid, x, _ in (OURS, OLD)],
        "revoked": ["revoked-jti1", "revoked-jti2"],
        "passes": [case(*each) for each in CASES],
        "badges": [
            dict(
                zip(
                    ("name", "row", "at", "direction", "verdict", "reason_class"), each, strict=True
                )
            )
            for each in BADGES
        ],
        "again": [
            dict(zip(("name", "last", "direction", "at", "again"), each, strict=True))
            for each in AGAIN
        ],
        "badge_keys": BADGE_KEYS,
    }


def as_text() -> str:
    """The file as it stands on disk."""
    return json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    (Path(__file__).parent / "gate_passes.json").write_text(as_text(), encoding="utf-8")
