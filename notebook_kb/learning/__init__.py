"""What was learnt: evidence, coverage, what to do next. Functions of a snapshot."""
