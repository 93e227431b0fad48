"""How looking into a file can fail. Both sides of the pipe know these, so nothing heavy may be imported here."""

from veza.kit.errors import Invalid, TooLarge


class Unreadable(Invalid):
    """The file is not what it should be. `sentence` is for its owner, `detail` for the log alone."""

    default_code = "unreadable_file"

    def __init__(self, sentence: str, *, detail: str = "") -> None:
        super().__init__(sentence)
        self.detail = detail


class TooHeavy(TooLarge):
    """The file asks for more time, memory or room than we give. `sentence` for its owner, `detail` for the log."""

    default_code = "file_too_heavy"

    def __init__(self, sentence: str, *, detail: str = "") -> None:
        super().__init__(sentence)
        self.detail = detail
