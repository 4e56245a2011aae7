"""``ketenconnector``: puts the commands together and turns errors into exit codes.

Exit codes: 0 done, 1 fault, 2 wrong use or input, 3 refused by a rule; of ``audit``: 1 findings, 2 not done. Only
``init``, ``run``, ``officer`` and ``audit`` work alone; all else talks to the running connector over ``control.sock``.
"""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup
from typing_extensions import override

from connectors import CheckError, ConnectorError, UseError
from connectors.commands import auditing, casework, desk, joins, looking, officers, running
from connectors.commands.terminal import FAULT, WRONG_USE, clean, err
from keys import KeysError
from schemas import SchemaError


class Commands(TyperGroup):
    """All commands; what they raise becomes one sentence and an exit code."""

    @override
    def invoke(self, ctx: Any) -> Any:
        """Run one command."""
        try:
            return super().invoke(ctx)
        except (UseError, SchemaError) as error:
            err().print(clean(str(error)))
            raise typer.Exit(WRONG_USE) from error
        except (ConnectorError, KeysError) as error:
            code = f" ({error.code})" if isinstance(error, CheckError) else ""
            err().print(clean(f"{error}{code}"))
            raise typer.Exit(FAULT) from error


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="De connector van een partij, of van het huis: vragen, antwoorden, sleutels, het eigen register.",
)
app.command()(joins.init)
app.command()(running.run)
app.command()(looking.status)
app.add_typer(desk.app, name="desk")
app.command()(casework.notify)
app.command()(casework.informed)
app.command()(casework.consent)
app.command()(casework.ask)
app.command()(casework.cases)
app.command()(casework.board)
app.command()(casework.decide)
app.command()(looking.register)
app.command()(auditing.audit)
app.add_typer(officers.app, name="officer")


def main() -> None:
    """The entry point of ``ketenconnector``."""
    app()


if __name__ == "__main__":
    main()
