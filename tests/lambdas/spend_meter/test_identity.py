import pytest

from spend_meter.identity import UNKNOWN_ROLE, role_of
from spend_meter.rejection import Reason, RejectedError

_STS = "arn:aws:sts::111122223333:"
_IAM = "arn:aws:iam::111122223333:"


@pytest.mark.parametrize(
    ("arn", "role"),
    [
        (f"{_STS}assumed-role/App/i-0123", "App"),
        (f"{_STS}assumed-role/App/jo@example.com", "App"),
        (f"{_STS}assumed-role/AWSReservedSSO_Dev_0123/jo", "AWSReservedSSO_Dev_0123"),
        (f"{_IAM}role/apps/eu/App", "App"),
        (f"{_IAM}role/App", "App"),
        (f"{_IAM}user/people/jo", "user/jo"),
        (f"{_STS}federated-user/jo", "federated-user/jo"),
        (f"{_IAM}root", "(root)"),
        ("arn:aws-cn:iam::111122223333:role/App", "App"),
        (None, UNKNOWN_ROLE),
    ],
)
def test_a_call_is_attributed_to_the_role_or_user(arn, role):
    assert role_of(arn) == role


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "App",
        5,
        [],
        f"{_STS}assumed-role/App",
        f"{_STS}assumed-role//session",
        f"{_IAM}role/",
        f"{_IAM}role/{'x' * 65}",
        f"{_IAM}role/A#B",
        f"{_IAM}role/App\n",
        f"{_IAM}user/jos\u00e9",
        "arn:aws:s3:::bucket",
    ],
)
def test_what_is_no_principal_is_refused(arn):
    with pytest.raises(RejectedError) as refused:
        role_of(arn)
    assert refused.value.reason is Reason.BAD_IDENTITY
