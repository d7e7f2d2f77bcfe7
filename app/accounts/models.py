"""Tables of accounts, their roles, secrets, sessions and devices, and of branches."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import EncryptedText, Model, Moment


class Branch(Model):
    """A node of the park's tree; `path` lists the ids from the park down, "/1/4/9/"."""

    __tablename__ = "branch"
    __table_args__ = (UniqueConstraint("parent_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    path: Mapped[str] = mapped_column(String(80), unique=True)
    phone: Mapped[str | None] = mapped_column(String(20))
    closed_on: Mapped[date | None]


class Account(Model):
    """A person or device that signs in."""

    __tablename__ = "account"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    login: Mapped[str | None] = mapped_column(String(80), unique=True)
    secret_hash: Mapped[str | None] = mapped_column(String(200))
    secret_must_change: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str] = mapped_column(String(5), default="vi")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)


class RoleGrant(Model):
    """A role that an account holds on a branch."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("account_id", "role", "branch_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str] = mapped_column(String(20))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))


class Credential(Model):
    """A badge of one company and the PIN that goes with it."""

    __tablename__ = "credential"
    __table_args__ = (UniqueConstraint("company_id", "badge_key"),)

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    badge_key: Mapped[str] = mapped_column(String(40))
    pin_hash: Mapped[str | None] = mapped_column(String(200))
    pin_must_change: Mapped[bool] = mapped_column(default=False)
    pin_set_at: Mapped[datetime | None] = mapped_column(Moment)


class CardPrint(Model):
    """One printing of cards; until `done_at` no other of the company begins."""

    __tablename__ = "card_print"
    __table_args__ = (Index("ix_card_print_company", "company_id", "made_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    unit: Mapped[str] = mapped_column(String(250))
    cards: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)


class Card(Model):
    """A printed card, `badge` as it stands on it; only the hash of its secret is kept."""

    __tablename__ = "card"
    __table_args__ = (UniqueConstraint("account_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    print_id: Mapped[str] = mapped_column(ForeignKey("card_print.id"), index=True)
    number: Mapped[int]
    badge: Mapped[str] = mapped_column(String(40))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(120))
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_why: Mapped[str | None] = mapped_column(String(10))


class RecoveryCode(Model):
    """A printed code with which an officer gets back in, once, without any network."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class SecondFactor(Model):
    """The seed of a phone's codes; asked for from `confirmed_at` on, each step once.

    `pass_hash` lets the browser in whose script gave the code a moment ago, once.
    """

    __tablename__ = "second_factor"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    seed: Mapped[str] = mapped_column(EncryptedText("second_factor.seed"))
    begun_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    pass_hash: Mapped[str | None] = mapped_column(String(64))
    pass_until: Mapped[datetime | None] = mapped_column(Moment)


class SpareCode(Model):
    """A printed code that stands for the phone once; it opens nothing without the password."""

    __tablename__ = "spare_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class SecondFactorRule(Model):
    """A role whose accounts must have a second proof at this node."""

    __tablename__ = "second_factor_rule"

    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    since_at: Mapped[datetime] = mapped_column(Moment)
    set_by: Mapped[str] = mapped_column(String(120))


class Lockout(Model):
    """Wrong tries on one subject: "badge:…", "login:…" or "device:…"."""

    __tablename__ = "lockout"

    subject: Mapped[str] = mapped_column(String(90), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(Moment)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)


class WebSession(Model):
    """One signed-in browser of an office account; `renew_due`: it may do more than at its start."""

    __tablename__ = "web_session"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    label: Mapped[str] = mapped_column(String(60), default="")
    started_at: Mapped[datetime] = mapped_column(Moment)
    last_seen_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    renew_due: Mapped[bool] = mapped_column(default=False)


class DeviceToken(Model):
    """A token that a phone or program holds; only its hash is kept."""

    __tablename__ = "device_token"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    device_id: Mapped[str] = mapped_column(String(64))
    label: Mapped[str] = mapped_column(String(120), default="")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    last_used_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class HelpPutAway(Model):
    """A piece of help that somebody does not want to see any more."""

    __tablename__ = "help_put_away"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)


class Consent(Model):
    """What a worker said to one version of the legal notice; nothing is overwritten."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_account", "account_id", "at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    version: Mapped[str] = mapped_column(String(20))
    agreed: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Moment)
    details: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
