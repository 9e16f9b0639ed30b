"""New notebooks and notes, and the small edits that commands make in notes. All of them give text; others write it."""
