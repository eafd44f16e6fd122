import botocore.exceptions
import pytest

from finops_constructs.operations.aws import Aws, translated
from finops_constructs.operations.errors import (
    AccessDeniedError,
    CredentialsError,
    OperationsError,
    UnreachableError,
)

pytestmark = pytest.mark.usefixtures("aws_settings")


def test_the_region_is_the_given_one_then_the_environments_then_the_profiles(
    monkeypatch, aws_settings
):
    (aws_settings / "config").write_text("[profile ops]\nregion = eu-west-3\n")
    assert Aws(region="us-east-1").region == "us-east-1"
    assert Aws().region == "eu-west-1"
    monkeypatch.delenv("AWS_REGION")
    assert Aws(profile="ops").region == "eu-west-3"


def test_fails_without_a_region(monkeypatch):
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(OperationsError, match="give --region, or set AWS_REGION"):
        Aws()


def test_fails_for_a_profile_there_is_not():
    with pytest.raises(OperationsError, match=r"profile \(nobody\) could not be found"):
        Aws(profile="nobody")


def test_fails_without_credentials(monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(CredentialsError, match="log in, or give --profile"):
        Aws().credentials()


def test_the_certificate_bundle_of_the_aws_configuration_is_trusted(monkeypatch):
    for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    assert Aws().certificates() is True
    monkeypatch.setenv("AWS_CA_BUNDLE", "/etc/proxy.pem")
    assert Aws().certificates() == "/etc/proxy.pem"


def _client_error(code, said="no"):
    return botocore.exceptions.ClientError({"Error": {"Code": code, "Message": said}}, "Op")


@pytest.mark.parametrize(
    ("raised", "kind", "text"),
    [
        (_client_error("ExpiredTokenException"), CredentialsError, "have expired"),
        (_client_error("UnrecognizedClientException"), CredentialsError, "does not take these"),
        (
            _client_error("AccessDeniedException", "not authorized to perform ssm:GetParameter"),
            AccessDeniedError,
            "access denied, asking: not authorized to perform ssm:GetParameter",
        ),
        (_client_error("ValidationException"), OperationsError, "asking: ValidationException: no"),
        (
            botocore.exceptions.EndpointConnectionError(endpoint_url="https://x"),
            UnreachableError,
            "asking: nothing answered",
        ),
        (
            botocore.exceptions.ReadTimeoutError(endpoint_url="https://x"),
            UnreachableError,
            "asking: nothing answered",
        ),
        (
            botocore.exceptions.UnauthorizedSSOTokenError(),
            CredentialsError,
            "log in again",
        ),
        (
            botocore.exceptions.TokenRetrievalError(provider="sso", error_msg="expired"),
            CredentialsError,
            "log in again",
        ),
        (
            botocore.exceptions.UnknownServiceError(service_name="x", known_service_names=""),
            OperationsError,
            "asking: ",
        ),
    ],
)
def test_an_error_of_aws_becomes_a_sentence(raised, kind, text):
    with pytest.raises(OperationsError, match=text) as info, translated("asking"):
        raise raised
    assert type(info.value) is kind


def test_other_exceptions_are_left_alone():
    with pytest.raises(ZeroDivisionError), translated("asking"):
        raise ZeroDivisionError
