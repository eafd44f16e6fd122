"""What can go wrong between an operator and the platform; every message is for a person."""


class OperationsError(Exception):
    """An order or a question did not get through; nothing has changed."""


class NoPlatformError(OperationsError):
    """There is no platform in this Region."""


class CredentialsError(OperationsError):
    """There are no credentials, or AWS no longer takes them."""


class AccessDeniedError(OperationsError):
    """AWS refused; the message names the permission that is missing."""


class UnreachableError(OperationsError):
    """Nothing answered."""


class RefusedError(OperationsError):
    """The platform refused an order, saying why.

    Args:
        message: The platform's own words.
        status_code: 400 invalid, 403 not this actor, 404 no such tenant or alias, 409 not now.
    """

    def __init__(self, message: str, status_code: int) -> None:
        super().__init__(message)
        self.status_code = status_code


class UncertainError(OperationsError):
    """The order was sent and no answer came: it may have been accepted."""


class AnswerError(OperationsError):
    """The platform answered what this version does not understand."""
