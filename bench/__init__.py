"""Measurements: forms drawn and degraded, accuracy, speed. Uses every room, is used by none."""
