"""Where the clerk sits: the command line, settings, and every Chinese word that is said."""

__version__ = "0.1.0"
