"""notebook_kb: write mathematics notes, see what is covered, publish them as a site."""

__version__ = "0.1.0"
