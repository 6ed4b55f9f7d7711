"""The command line's own tongue: Typer's commands come in, help and usage errors in Chinese go out."""

from __future__ import annotations

from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from typer._click.core import Context
from typer._click.exceptions import BadParameter, MissingParameter, NoSuchOption, UsageError
from typer._click.formatting import HelpFormatter
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from desk import phrases


class Command(TyperCommand):
    """A command whose help is Chinese."""

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Print what the command does, its arguments and its options."""
        _print_help(self, ctx)


class Group(TyperGroup):
    """A group of commands whose help is Chinese."""

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Print what the group is for, its options and its commands."""
        _print_help(self, ctx)

    def resolve_command(self, ctx: Context, args: list[str]) -> Any:
        """The command that the words name. Raises UsageError for an unknown one."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise UsageError(phrases.NO_SUCH_COMMAND.format(name=args[0]), ctx)
        return super().resolve_command(ctx, args)


def usage_message(error: UsageError) -> str:
    """What is wrong with the words of a command, and how to get help."""
    command = error.ctx.command_path if error.ctx else phrases.PROGRAM
    return phrases.USAGE_ERROR.format(what=_mistake(error), command=command)


def _mistake(error: UsageError) -> str:
    if isinstance(error, MissingParameter):
        return phrases.MISSING.format(name=_name(error))
    if isinstance(error, NoSuchOption):
        return phrases.NO_SUCH_OPTION.format(name=error.option_name)
    if isinstance(error, BadParameter):
        return phrases.BAD_PARAMETER.format(name=_name(error))
    return error.message


def _name(error: BadParameter) -> str:
    param = error.param
    if isinstance(param, TyperArgument):
        return param.metavar or str(param.name)
    return " / ".join(param.opts) if isinstance(param, TyperOption) else str(error.param_hint or "")


def _print_help(command: Command | Group, ctx: Context) -> None:
    params = command.get_params(ctx)
    arguments = [param for param in params if isinstance(param, TyperArgument)]
    options = [param for param in params if isinstance(param, TyperOption)]
    console = Console(highlight=False)
    console.print(Text(phrases.USAGE_LINE.format(usage=_usage(command, ctx, arguments)), style="bold"))
    console.print(f"\n{command.help or ''}\n", markup=False)
    _print_rows(console, phrases.ARGUMENTS, [(_placeholder(param), param.help or "") for param in arguments])
    _print_rows(console, phrases.OPTIONS, [(_spelling(param), _told(param)) for param in options])
    if isinstance(command, Group):
        commands = [(name, command.get_command(ctx, name)) for name in command.list_commands(ctx)]
        _print_rows(console, phrases.COMMANDS, [(name, _first_line(entry)) for name, entry in commands])


def _usage(command: Command | Group, ctx: Context, arguments: list[TyperArgument]) -> str:
    words = [ctx.command_path, *(_placeholder(param) for param in arguments), phrases.OPTIONS_PLACE]
    return " ".join([*words, phrases.COMMAND_PLACE] if isinstance(command, Group) else words)


def _placeholder(param: TyperArgument) -> str:
    shown = param.metavar or str(param.name)
    shown = f"{shown}..." if param.nargs != 1 else shown
    return shown if param.required else f"[{shown}]"


def _spelling(param: TyperOption) -> str:
    names = ", ".join([*param.opts, *param.secondary_opts])
    return names if param.is_flag or param.count else f"{names} {param.metavar or ''}"


def _told(param: TyperOption) -> str:
    return phrases.HELP_OPTION if param.opts == ["--help"] else param.help or ""


def _first_line(command: Any) -> str:
    return (command.help or "").partition("\n")[0] if command else ""


def _print_rows(console: Console, title: str, rows: list[tuple[str, str]]) -> None:
    if not rows:
        return
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2), title=title, title_justify="left")
    table.add_column(no_wrap=True, style="cyan")
    table.add_column(overflow="fold")
    for name, told in rows:
        table.add_row(Text(name), Text(told))
    console.print(table)


def application(help_text: str) -> typer.Typer:
    """An empty group of commands that speaks Chinese."""
    return typer.Typer(
        cls=Group,
        help=help_text,
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
