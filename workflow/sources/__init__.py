"""Old files, as people have them, turned into grids of cells with their places. This is the room's one door.

Workbooks go through our own reader, CSV files and Word documents through libraries that only this room knows. What a file
is is told from its bytes, not from its name.
"""

from workflow.sources.reading import read_source

__all__ = ["read_source"]
