"""The live preview: the notebook in the browser while it is written. It writes no note."""
