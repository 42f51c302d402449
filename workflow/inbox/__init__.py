"""The inbox: what stands in the folder, and what each file of it holds. This is the room's one door."""

from workflow.inbox.opening import open_file
from workflow.inbox.scan import Received, hash_of, look_at, read, scan, unchanged

__all__ = ["Received", "hash_of", "look_at", "open_file", "read", "scan", "unchanged"]
