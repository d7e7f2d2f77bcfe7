"""Commands that keep accounts: users and device tokens."""

from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.accounts.actions.branches import ensure_root
from app.accounts.actions.office import add_office_account
from app.accounts.actions.second_factor import reset_second_factor
from app.accounts.actions.secrets import new_secret
from app.accounts.actions.tokens import issue_token
from app.accounts.queries.branches import find_company
from app.accounts.queries.signing_in import find_by_login
from app.accounts.rules import Role, WrongCredentials, check_secret
from app.extensions import db, hash_secret
from app.kernel.actors import program
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound
from app.web.commands import shell_command
from app.web.transaction import transact

accounts_cli = AppGroup("accounts", help="Users and device tokens.")


@accounts_cli.command("add-user")
@click.option("--login", required=True)
@click.option("--name", required=True)
@click.option(
    "--role", type=click.Choice([role.value for role in Role if role != Role.WORKER]), required=True
)
@click.option("--company", help="Code of the company; without it the whole park or province.")
@click.option("--secret", help="Password; made and printed when not given.")
@shell_command
def add_user(
    login: str, name: str, role: str, company: str | None, secret: str | None
) -> dict[str, Any]:
    """Add a user of the office pages."""
    now = current_app.extensions["clock"].now()
    chosen = check_secret(secret, login) if secret else new_secret()
    secret_hash, node_name = hash_secret(chosen), current_app.config["SETTINGS"].name

    def work(session: Session) -> str:
        branch = find_company(session, company) if company else ensure_root(session, node_name)
        if branch is None:
            raise NotFound
        return add_office_account(
            session,
            name=name,
            login=login,
            secret_hash=secret_hash,
            must_change=secret is None,
            grants=[(Role(role), branch.id)],
            actor=program("command line"),
            now=now,
        )

    return {"account_id": transact(work), "login": login, "secret": chosen}


@accounts_cli.command("reset-second-factor")
@click.option("--login", required=True)
@shell_command
def reset_lost_second_factor(login: str) -> dict[str, Any]:
    """Take the second proof of a lost phone away; the password alone lets in again."""
    now = current_app.extensions["clock"].now()
    subject = find_by_login(db.session(), login)
    if subject is None:
        raise NotFound
    account_id = subject.account_id

    def work(session: Session) -> None:
        reset_second_factor(session, account_id, actor=program("command line"), now=now)

    transact(work)
    return {"login": login, "reset": True}


@accounts_cli.command("issue-token")
@click.option("--login", required=True)
@click.option("--label", default="command line")
@shell_command
def issue_device_token(login: str, label: str) -> dict[str, Any]:
    """Issue a device token for a program of this user."""
    now = current_app.extensions["clock"].now()
    subject = find_by_login(db.session(), login)
    if subject is None or not subject.active:
        raise WrongCredentials
    days = current_app.config["SETTINGS"].token_days

    def work(session: Session) -> Any:
        return issue_token(
            session, subject.account_id, device_id=new_id(now), label=label, days=days, now=now
        )

    token, expires_at = transact(work)
    return {"token": token, "expires_at": expires_at.isoformat()}
