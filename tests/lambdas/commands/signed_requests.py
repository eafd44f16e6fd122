import json
from types import SimpleNamespace

KIM = "arn:aws:sts::123456789012:assumed-role/operator/kim"
CONTEXT = SimpleNamespace(
    function_name="finops-commands",
    memory_limit_in_mb=256,
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:finops-commands",
    aws_request_id="r-1",
)


def request(body, actor=KIM):
    return {
        "version": "2.0",
        "requestContext": {
            "http": {"method": "POST"},
            "authorizer": {"iam": {"userArn": actor}} if actor else {},
        },
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }
