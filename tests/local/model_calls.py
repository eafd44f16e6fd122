"""What the tests of model calls share."""

import contextlib
import json
import time

SONNET = "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.anthropic.claude-sonnet-5-5"
STREAM = "aws/bedrock/modelinvocations"


@contextlib.contextmanager
def profile(emulator, name, source=SONNET):
    bedrock = emulator.client("bedrock")
    made = bedrock.create_inference_profile(
        inferenceProfileName=name, modelSource={"copyFrom": source}
    )
    yield made["inferenceProfileArn"]
    bedrock.delete_inference_profile(inferenceProfileIdentifier=made["inferenceProfileArn"])


@contextlib.contextmanager
def logging_to(emulator, group, *, text=False):
    bedrock, logs, iam = (emulator.client(name) for name in ("bedrock", "logs", "iam"))
    logs.create_log_group(logGroupName=group)
    made = iam.create_role(RoleName="bedrock-logging", AssumeRolePolicyDocument="{}")
    role = made["Role"]["Arn"]
    config = {
        "cloudWatchConfig": {"logGroupName": group, "roleArn": role},
        "textDataDeliveryEnabled": text,
    }
    bedrock.put_model_invocation_logging_configuration(loggingConfig=config)
    yield
    bedrock.delete_model_invocation_logging_configuration()
    logs.delete_log_group(logGroupName=group)
    iam.delete_role(RoleName="bedrock-logging")


def until(found, seconds=10.0):
    """Ask until the answer is true, and return it."""
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < deadline, f"nothing after {seconds} s"
        time.sleep(0.05)
    return answer


def records(emulator, group, count):
    logs = emulator.client("logs")

    def read():
        listed = logs.describe_log_streams(logGroupName=group)["logStreams"]
        if not listed:
            return []
        assert [stream["logStreamName"] for stream in listed] == [STREAM]
        events = logs.get_log_events(logGroupName=group, logStreamName=STREAM)["events"]
        return [json.loads(event["message"]) for event in events]

    return until(lambda: found if len(found := read()) >= count else [])


def metric(emulator, name, model_id, hours=1):
    """The values of a metric of a model or a profile in the last hours, summed."""
    now = time.time()
    points = emulator.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Bedrock",
        MetricName=name,
        Dimensions=[{"Name": "ModelId", "Value": model_id}],
        StartTime=now - 3600 * hours,
        EndTime=now + 60,
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(point["Sum"] for point in points)
