"""Code of notes: checked for shortcuts, run within limits, its results kept as data."""
