"""Where an operator works and as whom: one Region of AWS, or an emulator."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import botocore.exceptions
import botocore.session
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials

from finops_constructs.operations.errors import (
    AccessDeniedError,
    CredentialsError,
    OperationsError,
    UnreachableError,
)

CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 30
_CONFIG: Final = Config(
    connect_timeout=CONNECT_SECONDS,
    read_timeout=READ_SECONDS,
    retries={"mode": "standard", "total_max_attempts": 3},
)
_EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_UNKNOWN: Final = frozenset(
    {
        "AuthFailure",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


class Aws:
    """Clients and credentials of one Region.

    Args:
        region: The Region. Default: that of the profile or of `AWS_REGION`.
        profile: A profile of the AWS configuration. Default: as the AWS CLI chooses it.
        endpoint_url: Where to call instead of AWS, such as an emulator. Default: what the AWS
            configuration says (`AWS_ENDPOINT_URL`), else AWS.

    Raises:
        OperationsError: If there is no Region, or no such profile.
    """

    def __init__(
        self,
        *,
        region: str | None = None,
        profile: str | None = None,
        endpoint_url: str | None = None,
    ) -> None:
        self._session = botocore.session.Session(profile=profile)
        with translated("reading the AWS configuration"):
            found = region or os.environ.get("AWS_REGION")
            found = found or self._session.get_config_variable("region")
            configured = self._session.get_scoped_config().get("endpoint_url")
        if not found:
            raise OperationsError("no Region: give --region, or set AWS_REGION")
        self.region: str = found
        self._endpoint_url = endpoint_url
        self.other_endpoint_url: str | None = (
            endpoint_url
            or os.environ.get("AWS_ENDPOINT_URL_LAMBDA")
            or os.environ.get("AWS_ENDPOINT_URL")
            or configured
        )
        """Where function URLs are asked for instead of AWS; None at AWS."""

    def client(self, service: str, region: str | None = None) -> Any:
        """Return the client of an AWS service, in this Region unless another is given."""
        with translated(f"connecting to {service}"):
            return self._session.create_client(
                service,
                region_name=region or self.region,
                endpoint_url=self._endpoint_url,
                config=_CONFIG,
            )

    def credentials(self) -> ReadOnlyCredentials:
        """Return the credentials to sign with, refreshed if they had to be.

        Raises:
            CredentialsError: If there are none, or they cannot be refreshed.
        """
        with translated("getting credentials"):
            credentials = self._session.get_credentials()
            if credentials is None:
                raise botocore.exceptions.NoCredentialsError
            return credentials.get_frozen_credentials()

    def certificates(self) -> str | bool:
        """Return the certificate bundle to trust; True: the usual one."""
        return self._session.get_config_variable("ca_bundle") or True


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn botocore's exceptions into errors that tell a person what to do.

    Args:
        doing: What was attempted, with the permission it needs.
    """
    try:
        yield
    except botocore.exceptions.ClientError as error:
        raise _of_service(doing, error) from error
    except (
        botocore.exceptions.NoCredentialsError,
        botocore.exceptions.PartialCredentialsError,
    ) as error:
        raise CredentialsError(
            f"no AWS credentials ({error}): log in, or give --profile"
        ) from error
    except (
        botocore.exceptions.CredentialRetrievalError,
        botocore.exceptions.LoginError,
        botocore.exceptions.SSOError,
        botocore.exceptions.TokenRetrievalError,
    ) as error:
        raise CredentialsError(f"credentials cannot be had ({error}): log in again") from error
    except (
        botocore.exceptions.ConnectionError,
        botocore.exceptions.HTTPClientError,
    ) as error:
        raise UnreachableError(f"{doing}: nothing answered: {error}") from error
    except botocore.exceptions.BotoCoreError as error:
        raise OperationsError(f"{doing}: {error}") from error


def _of_service(doing: str, error: botocore.exceptions.ClientError) -> OperationsError:
    code = error.response.get("Error", {}).get("Code", "")
    said = error.response.get("Error", {}).get("Message", "") or str(error)
    if code in _EXPIRED:
        return CredentialsError(f"the AWS credentials have expired ({said}): log in again")
    if code in _UNKNOWN:
        return CredentialsError(f"AWS does not take these credentials ({said})")
    if code in _DENIED:
        return AccessDeniedError(f"access denied, {doing}: {said}")
    return OperationsError(f"{doing}: {code}: {said}")
