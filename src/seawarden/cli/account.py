"""`seawarden account`: who may come in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seawarden.cli.options import AsJson
from seawarden.model.error import UsageError
from seawarden.model.person import ROLES, Role

if TYPE_CHECKING:
    from seawarden.service.accounts import Accounts

app = typer.Typer(help="Accounts and API tokens of this node.", no_args_is_help=True)

AccountsFile = Annotated[
    Path, typer.Option("--accounts", metavar="FILE", help="The file that holds them; only its owner may read it.")
]
DEFAULT_FILE = Path("accounts.db")
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the account.")]
RoleName = Annotated[
    str, typer.Option("--role", metavar="ROLE", help="viewer, analyst, officer or admin: each may more.")
]


@app.callback()
def about() -> None:
    """Accounts and API tokens of this node."""


@app.command("add")
def add(
    name: Name,
    role: RoleName = "viewer",
    group: Annotated[
        list[str], typer.Option("--group", metavar="GROUP", help="Group whose restricted assets they may see.")
    ] = [],  # noqa: B006
    accounts: AccountsFile = DEFAULT_FILE,
) -> None:
    """Make an account, or give one a new password, role and groups.

    The password is asked for; where no person sits at the terminal it is the first line of standard input.
    """
    from seawarden.cli.console import say
    from seawarden.service.accounts import Accounts

    opened = Accounts(accounts)
    opened.add(name, _role(role), _password(), group)
    opened.close()
    say(f"{name} may sign in as {role}.")


@app.command("list")
def list_accounts(accounts: AccountsFile = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """Show the accounts and the tokens that have not run out."""
    from seawarden.cli.console import say, say_json
    from seawarden.cli.options import shown

    opened = _open(accounts)
    people, tokens = opened.people(), opened.tokens()
    opened.close()
    if as_json:
        say_json({"accounts": people, "tokens": tokens})
        return
    for one in people:
        groups = f", sees {', '.join(one.groups)}" if one.groups else ""
        closed = "" if one.disabled is None else ", closed"
        say(f"{one.name}: {one.role}{groups}{closed}")
    for token in tokens:
        note = f" ({token.note})" if token.note else ""
        say(f"token {token.id} of {token.name}: {token.role}, until {shown(int(token.expires * 1000))}{note}")
    if not people:
        say("There are no accounts.")


@app.command("close")
def close(name: Name, accounts: AccountsFile = DEFAULT_FILE) -> None:
    """Close an account: its sign-ins and tokens end at once."""
    from seawarden.cli.console import say

    opened = _open(accounts)
    opened.disable(name)
    opened.close()
    say(f"{name} may no longer sign in.")


@app.command("token")
def token(
    name: Name,
    role: RoleName = "viewer",
    days: Annotated[float, typer.Option("--days", metavar="DAYS", help="How long it lasts.")] = 30.0,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="What it is for.")] = "",
    accounts: AccountsFile = DEFAULT_FILE,
) -> None:
    """Make an API token for a program that acts for somebody; it is shown this once."""
    from seawarden.cli.console import note as remark
    from seawarden.cli.console import say

    opened = _open(accounts)
    key_id, secret = opened.token(name, _role(role), days, note)
    opened.close()
    remark(f"Token {key_id} acts for {name} as {role}. It is not shown again:")
    say(secret)


@app.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the token.")],
    accounts: AccountsFile = DEFAULT_FILE,
) -> None:
    """End an API token."""
    from seawarden.cli.console import say

    opened = _open(accounts)
    opened.revoke(key_id)
    opened.close()
    say(f"Token {key_id} has ended.")


def _role(word: str) -> Role:
    for role in ROLES:
        if role == word:
            return role
    raise UsageError(f"--role {word}: one of {', '.join(ROLES)}")


def _open(path: Path) -> Accounts:
    from seawarden.service.accounts import Accounts

    if not path.is_file():
        raise UsageError(f"{path}: there are no accounts here: `seawarden account add` makes the first")
    return Accounts(path)


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
