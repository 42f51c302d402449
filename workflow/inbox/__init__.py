"""The inbox: what stands in the folder, and what each file of it holds. This is the room's one door."""

from workflow.inbox.opening import open_file
from workflow.inbox.scan import Received, hash_of, read, scan, unchanged

__all__ = ["Received", "hash_of", "open_file", "read", "scan", "unchanged"]
