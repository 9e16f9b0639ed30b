"""The language server: findings, completion, links and renames in any editor, on text that is not saved yet. It writes no note."""
