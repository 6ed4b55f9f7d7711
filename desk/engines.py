"""Engines by name: a word from the command line comes in, an engine goes out, loaded only now.

A name is one of ENGINES or `package.module:Class` of an engine of one's own;
the built-in ones go through the same door.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from intake.engine import Engine
from records.errors import EngineMissing

ENGINES: Mapping[str, str] = MappingProxyType(
    {"rapid": "intake.rapid:RapidEngine", "tesseract": "intake.tesseract:TesseractEngine"}
)


def load_engine(name: str) -> Engine:
    """The engine of this name. Raises EngineMissing when there is none or its library is absent."""
    module, _, attribute = ENGINES.get(name, name).partition(":")
    try:
        made = getattr(import_module(module), attribute)()
    except (ImportError, AttributeError, ValueError) as error:
        raise EngineMissing(engine=name, what=error) from error
    engine: Engine = made
    return engine
