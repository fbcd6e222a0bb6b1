"""Agreements: the list, the text, the talks about it, and the signatures."""
