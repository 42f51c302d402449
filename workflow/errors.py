"""The one exception that means "cannot go on". Problems in data are values (`model.Finding`), never exceptions."""


class WorkflowError(Exception):
    """Raised when a command cannot run at all: its text is one sentence a coordinator can act on (exit code 2)."""


class Unreadable(WorkflowError):  # noqa: N818 - it reads as what it says of a file
    """A received file that cannot be read as a workbook. `code` says why, the text says what its sender should do.

    It stops only that file: whoever reads it turns it into a finding (design law 6).
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
