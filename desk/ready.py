"""What the processes of a crew need, loaded by the one that they are copies of; nothing of it runs there.

A library that began threads of its own here would leave them behind in every copy.
"""

from __future__ import annotations

import gc

from desk.settings import calm_libraries

calm_libraries()

import intake.papers  # noqa: E402
import intake.rapid  # noqa: E402
import intake.reading  # noqa: E402
import intake.shown  # noqa: E402, F401

gc.freeze()  # what is there is shared as long as nobody writes to it
