"""Model calls of named roles, with the tokens they are to cost."""

from typing import Any

from local import past_calls
from local.emulator import Emulator
from local.simulator import Simulator
from local.token_usage import TokenUsage
from local.verdict import CallVerdict, call_verdict


class CallRefusedError(PermissionError):
    """AWS would have refused the call; it was not sent.

    Attributes:
        verdict: Why.
    """

    def __init__(self, verdict: CallVerdict) -> None:
        super().__init__(f"{verdict.decision}: {verdict.role_arn} on {verdict.profile_arn}")
        self.verdict = verdict


class Traffic:
    """Sends calls as the sessions of roles.

    Example:
        Traffic(emulator, simulator).call(role_arn, profile_arn, TokenUsage(input=120_000))

    Args:
        emulator: A running emulator.
        simulator: Asked before each call, because the emulator itself refuses none. Default: None,
            every call is sent.
    """

    def __init__(self, emulator: Emulator, simulator: Simulator | None = None) -> None:
        self._emulator = emulator
        self._simulator = simulator
        self._clients: dict[tuple[str, str], Any] = {}

    def call(
        self, role_arn: str, profile_arn: str, usage: TokenUsage, *, seconds_ago: int = 0
    ) -> None:
        """Send a Converse call through a profile.

        Args:
            role_arn: The role whose session calls.
            profile_arn: The application inference profile.
            usage: The tokens that the call is counted with.
            seconds_ago: How long ago it is to have been made, for its log record and its metrics.
                Default: now.

        Raises:
            CallRefusedError: AWS would refuse the call.
        """
        if self._simulator:
            verdict = call_verdict(
                self._emulator.client, self._simulator, role_arn=role_arn, profile_arn=profile_arn
            )
            if not verdict.allowed:
                raise CallRefusedError(verdict)
        said = usage.marker() + past_calls.marker(seconds_ago)
        self._client(role_arn, profile_arn.split(":")[3]).converse(
            modelId=profile_arn,
            messages=[{"role": "user", "content": [{"text": said}]}],
        )

    def _client(self, role_arn: str, region: str) -> Any:
        key = role_arn, region
        if key not in self._clients:
            session = self._emulator.assume_role(role_arn)
            self._clients[key] = self._emulator.client("bedrock-runtime", region, session)
        return self._clients[key]
