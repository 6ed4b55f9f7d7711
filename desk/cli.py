"""The front door: the words of a command line come in, an exit code goes out.

Every command lives in `desk.commands`; here they only get their names. What
goes wrong anywhere becomes a Chinese sentence and an exit code here, and only here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer._click.exceptions import NoArgsIsHelpError, UsageError

from desk import __version__, phrases, screen, words
from desk.commands import case, papers
from desk.commands.audit import audit
from desk.commands.calibration import calibration
from desk.commands.carry_over import carry_over
from desk.commands.check import check
from desk.commands.demo import demo
from desk.commands.desk import desk
from desk.commands.doctor import doctor
from desk.commands.exchange import export, import_records
from desk.commands.look import list_records, search, show
from desk.commands.make import make
from desk.commands.packet import packet
from desk.commands.read import read
from desk.commands.review import review
from desk.commands.states import state
from desk.commands.take import take
from desk.commands.templates import check_templates
from desk.guard import as_ours
from desk.settings import LOG, home_folder
from desk.tongue import Command, application, usage_message

app = application(phrases.APP)
templates = application(phrases.TEMPLATES)
cases = application(phrases.CASE)

app.command("read", cls=Command, help=phrases.READ)(read)
app.command("take", cls=Command, help=phrases.TAKE)(take)
app.command("review", cls=Command, help=phrases.REVIEW)(review)
app.command("list", cls=Command, help=phrases.LIST)(list_records)
app.command("search", cls=Command, help=phrases.SEARCH)(search)
app.command("show", cls=Command, help=phrases.SHOW)(show)
app.command("state", cls=Command, help=phrases.STATE_HELP)(state)
app.command("check", cls=Command, help=phrases.CHECK)(check)
app.command("carry-over", cls=Command, help=phrases.CARRY_OVER)(carry_over)
for name, command, told in (
    ("new", case.new, phrases.CASE_NEW),
    ("add", case.add, phrases.CASE_ADD),
    ("invoice", case.invoice, phrases.CASE_INVOICE),
    ("paper", case.paper, phrases.CASE_PAPER_HELP),
    ("help", case.unit_help, phrases.CASE_HELP),
    ("seal", case.seal, phrases.CASE_SEAL),
    ("change", case.change, phrases.CASE_CHANGE),
    ("take", papers.take, phrases.CASE_TAKE),
    ("review", papers.review, phrases.CASE_REVIEW),
    ("show", case.show, phrases.CASE_SHOW),
    ("list", case.list_cases, phrases.CASE_LIST),
):
    cases.command(name, cls=Command, help=told)(command)
app.add_typer(cases, name="case")
app.command("packet", cls=Command, help=phrases.PACKET)(packet)
app.command("make", cls=Command, help=phrases.MAKE)(make)
app.command("import", cls=Command, help=phrases.IMPORT)(import_records)
app.command("export", cls=Command, help=phrases.EXPORT)(export)
templates.command("check", cls=Command, help=phrases.TEMPLATES_CHECK)(check_templates)
app.add_typer(templates, name="templates")
app.command("calibration", cls=Command, help=phrases.CALIBRATION)(calibration)
app.command("desk", cls=Command, help=phrases.DESK)(desk)
app.command("audit", cls=Command, help=phrases.AUDIT)(audit)
app.command("doctor", cls=Command, help=phrases.DOCTOR)(doctor)
app.command("demo", cls=Command, help=phrases.DEMO)(demo)


def _tell_version(asked: bool) -> None:
    if asked:
        screen.tell(f"{phrases.PROGRAM} {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help=phrases.VERSION_OPTION),
    ] = False,
) -> None: ...


@templates.callback()
def _templates() -> None: ...


@cases.callback()
def _cases() -> None: ...


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; never a traceback."""
    try:
        status = app(args=arguments, prog_name=phrases.PROGRAM, standalone_mode=False)
    except NoArgsIsHelpError:
        return words.USAGE
    except UsageError as error:
        screen.say(usage_message(error), "red")
        return words.USAGE
    except BrokenPipeError:
        _silence_output()
        return words.OK
    except Exception as error:
        return _failed(error)
    # Typer turns Ctrl-C into this status.
    if status == words.INTERRUPTED:
        screen.say(phrases.INTERRUPTED, "yellow")
    return status if isinstance(status, int) else words.OK


def main() -> None:
    """The program `dangan`."""
    sys.exit(run())


def _failed(error: Exception) -> int:
    ours = as_ours(error, home_folder() / LOG)
    screen.complain(ours)
    return words.exit_code(ours)


def _silence_output() -> None:
    """Whoever read our output has gone; Python would complain once more on leaving."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
