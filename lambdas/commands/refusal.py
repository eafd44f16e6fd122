"""A command that is not carried out."""


class RefusedError(Exception):
    """A request is refused; the text tells the person who sent it why.

    Attributes:
        status_code: 400 invalid, 403 not allowed, 404 unknown, 405 not a POST, 409 makes no sense
            now.
    """

    def __init__(self, status_code: int, text: str) -> None:
        super().__init__(text)
        self.status_code = status_code
