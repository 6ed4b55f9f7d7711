"""The desk's pages by subject, one file each."""
