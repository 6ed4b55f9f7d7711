"""What every room's tests share: property tests that a busy machine does not fail."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("dangan", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("dangan")
