"""Engines by name: a word from the command line comes in, an engine goes out, loaded only now.

A name is one of ENGINES or `package.module:Class` of an engine of one's own;
the built-in ones go through the same door.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from inspect import signature
from types import MappingProxyType

from intake.engine import Engine
from records.errors import EngineMissing

ENGINES: Mapping[str, str] = MappingProxyType(
    {"rapid": "intake.rapid:RapidEngine", "tesseract": "intake.tesseract:TesseractEngine"}
)


def load_engine(name: str, threads: int | None = None) -> Engine:
    """The engine of this name. Raises EngineMissing when there is none or its library is absent.

    `threads` is how many it may use, for engines that let themselves be told.
    """
    module, _, attribute = ENGINES.get(name, name).partition(":")
    try:
        kind = getattr(import_module(module), attribute)
        told = threads is not None and "threads" in signature(kind).parameters
        made = kind(threads=threads) if told else kind()
    except (ImportError, AttributeError, ValueError) as error:
        raise EngineMissing(engine=name, what=error) from error
    engine: Engine = made
    return engine
