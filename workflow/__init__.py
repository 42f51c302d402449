"""Quarterly partner returns: templates out, returns in, one verdict, tracker, board packs and email drafts."""

__version__ = "0.1.0"
