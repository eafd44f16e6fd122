"""An `Aws` whose services answer what they are told to, for what the emulator cannot show."""

from types import SimpleNamespace
from typing import Any

import botocore.exceptions

REGION, ACCOUNT = "eu-west-1", "111122223333"


def denied(operation="Operation"):
    told: Any = {"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}
    return botocore.exceptions.ClientError(told, operation)


class NotFoundError(Exception):
    pass


class FakeAws:
    """Clients by service; an operation's answer is a value, a function of its arguments, or raised.

    Args:
        region: The Region.
        services: Service -> operation -> answer.
    """

    def __init__(self, region=REGION, **services):
        self.region = region
        self._services = services

    def client(self, service, region=None):
        del region
        return FakeClient(self._services.get(service.replace("-", "_"), {}))


class FakeClient:
    """One service's client."""

    exceptions = SimpleNamespace(
        NoSuchEntityException=NotFoundError,
        NotFoundException=NotFoundError,
        ResourceNotFoundException=NotFoundError,
    )

    def __init__(self, answers):
        self._answers = answers

    def __getattr__(self, name):
        answer = self._answers[name]

        def call(**asked):
            found = answer(**asked) if callable(answer) else answer
            if isinstance(found, BaseException):
                raise found
            return found

        return call

    def get_paginator(self, name):
        return SimpleNamespace(paginate=lambda **asked: [getattr(self, name)(**asked)])
