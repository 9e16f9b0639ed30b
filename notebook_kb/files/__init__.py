"""Files as bytes: reading, the one way a note is written, locks, and YAML with places."""
