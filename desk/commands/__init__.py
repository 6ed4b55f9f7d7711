"""The commands, one module each: words from the command line come in, a status goes out."""
