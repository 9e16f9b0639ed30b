"""Our own Markdown rules, one construct a file."""
