"""One application of the seeded estate, as plain values."""

from dataclasses import dataclass

ACCOUNT, REGION = "111122223333", "eu-west-1"
OTHER_ACCOUNT = "999999999999"
COUNT = 30
_MODELS = {11: "amazon.nova-pro-v1:0", 12: "anthropic.claude-opus-5-5"}
_USUAL_MODEL = "anthropic.claude-sonnet-5-5"
IDENTITY_CENTER_PATH = "/aws-reserved/sso.amazonaws.com/eu-west-1/"


@dataclass(frozen=True, kw_only=True)
class Application:
    """An application, by its number from 1 to 30."""

    number: int

    @property
    def id(self) -> str:
        """What `finops tenants import` makes of its tag `bedrock:tool`."""
        return "ai" if self.number == 3 else f"app-{self.number:02}"

    @property
    def tags(self) -> dict[str, str]:
        """The cost tags on its profile."""
        tool = "AI" if self.number == 3 else f"App {self.number:02}"
        return {
            "bedrock:tool": tool,
            "bedrock:project": f"Project {self.number:02}",
            "bedrock:environment": "prod",
        }

    @property
    def base_model(self) -> str:
        """The foundation model it calls."""
        return _MODELS.get(self.number, _USUAL_MODEL)

    @property
    def role_path(self) -> str:
        """Path of its role."""
        return IDENTITY_CENTER_PATH if self.number == 5 else "/apps/"

    @property
    def role_name(self) -> str:
        """Name of its role."""
        reserved = "AWSReservedSSO_Analysts_0a1b2c3d4e5f6a7b"
        return reserved if self.number == 5 else f"app-{self.number:02}"

    @property
    def role_arn(self) -> str:
        """ARN of its role."""
        return f"arn:aws:iam::{ACCOUNT}:role{self.role_path}{self.role_name}"

    @property
    def session_arn(self) -> str:
        """What a record says of a session of its role."""
        return f"arn:aws:sts::{ACCOUNT}:assumed-role/{self.role_name}/i-0123456789abcdef0"

    @property
    def mail(self) -> str:
        """Address of its owner."""
        return f"owner-{self.number:02}@example.com"


APPLICATIONS = tuple(Application(number=number) for number in range(1, COUNT + 1))
KEY_USER = "BedrockAPIKey-a1b2"
KEY_USER_ARN = f"arn:aws:iam::{ACCOUNT}:user/{KEY_USER}"
PARTNER_ROLE_ARN = f"arn:aws:iam::{OTHER_ACCOUNT}:role/partner"
PARTNER_SESSION_ARN = f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/partner/nightly"
