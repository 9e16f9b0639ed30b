"""Notes sent elsewhere: the article, what each target can show, the ledger of what is out there, and the sending."""
