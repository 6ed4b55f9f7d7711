"""What only one thread of a program may do at a time, wherever in the house it does it."""

from __future__ import annotations

import threading

PDFIUM = threading.RLock()
"""Held while PDFium works on a document: the library is not made for threads."""
