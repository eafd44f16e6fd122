"""The real commands function and the real kill switch on moto, behind an HTTP shim."""

from types import SimpleNamespace
from typing import Any

from commands import handler as commands
from tests.lambdas.commands_under_test import commands_service
from tests.lambdas.fake_aws import error
from tests.lambdas.platform_under_test import ACCOUNT, REGION, Platform

OPERATOR = f"arn:aws:sts::{ACCOUNT}:assumed-role/Ops/jo"
CONTEXT = SimpleNamespace(
    function_name="finops-commands",
    memory_limit_in_mb=256,
    invoked_function_arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:finops-commands",
    aws_request_id="r-1",
)


class RealPlatform:
    """Answers as Lambda's URL does; every order wakes the kill switch a second later."""

    def __init__(self, platform: Platform, monkeypatch: Any) -> None:
        self.platform = platform
        self.actor = OPERATOR
        self.switch_works = True
        self.failing = False
        service = commands_service(platform)
        monkeypatch.setattr(commands, "_service", lambda _: None if self.failing else service)

    def answer(self, text: bytes) -> tuple[int, bytes]:
        """Answer the body of one request."""
        event = {
            "version": "2.0",
            "requestContext": {
                "http": {"method": "POST"},
                "authorizer": {"iam": {"userArn": self.actor}},
            },
            "body": text.decode(),
            "isBase64Encoded": False,
        }
        answer = commands.handler(event, CONTEXT)
        self.platform.later(seconds=1)
        for wake in self.platform.wakes():
            if self.switch_works:
                self.platform.run(*wake["tenants"])
        return answer["statusCode"], answer["body"].encode()


class WithoutSimulator:
    """Moto's IAM, which has no simulator, as AWS answers somebody who may not use it."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def get_paginator(self, name: str) -> Any:
        if name != "simulate_principal_policy":
            return self._client.get_paginator(name)

        def refuse(**_: Any) -> Any:
            raise error("AccessDenied", "SimulatePrincipalPolicy")

        return SimpleNamespace(paginate=refuse)


class WithProfiles:
    """The fake Bedrock's tags, with profiles that can be made and deleted."""

    exceptions = SimpleNamespace(ResourceNotFoundException=type(error("X")))

    def __init__(self, platform: Platform) -> None:
        self._fake = platform.bedrock
        self.names: dict[str, str] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fake, name)

    def create_inference_profile(self, **asked: Any) -> dict[str, str]:
        name = asked["inferenceProfileName"]
        arn = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:application-inference-profile/{name}"
        self._fake.create(arn, **{tag["key"]: tag["value"] for tag in asked["tags"]})
        self.names[arn] = name
        return {"inferenceProfileArn": arn}

    def delete_inference_profile(self, **asked: Any) -> None:
        del self._fake.tags[asked["inferenceProfileIdentifier"]]
        del self.names[asked["inferenceProfileIdentifier"]]

    def get_paginator(self, _: str) -> Any:
        summaries = [
            {"inferenceProfileName": name, "inferenceProfileArn": arn}
            for arn, name in self.names.items()
        ]
        return SimpleNamespace(paginate=lambda **_: [{"inferenceProfileSummaries": summaries}])
