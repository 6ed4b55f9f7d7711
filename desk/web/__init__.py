"""The desk in the browser: the same work as on the command line, on pages."""
