"""What a caller with the standing deny must not do, and what it may still do.

Keyed by the statement that refuses it; a request that names only its action goes to the statement's
usual resource, `*` where the action knows no resource. What tampers with the guard itself is in
`tampering`.
"""

from collections.abc import Mapping
from itertools import chain

from local.simulator import Request
from tests.iam.deployed import ACCOUNT, REGION

ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/apps/writer-app"
MODEL = f"arn:aws:bedrock:{REGION}::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0"
SUSPENSION = (
    f"arn:aws:iam::{ACCOUNT}:policy/finops/suspension/{REGION}/finops-suspension-{REGION}-writer"
)


def bedrock(resource: str) -> str:
    return f"arn:aws:bedrock:{REGION}:{ACCOUNT}:{resource}"


PROFILE = bedrock("application-inference-profile/e81a267630d2")
SYSTEM_PROFILE = bedrock("inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0")
OTHER_MODELS = {
    kind: bedrock(resource)
    for kind, resource in {
        "an asynchronous job": "async-invoke/abcdefghijkl",
        "a custom model deployment": "custom-model-deployment/abcdefghijkl",
        "a default prompt router": "default-prompt-router/anthropic.claude:1",
        "a marketplace endpoint": "marketplace/model-endpoint/all-access",
        "a project": "project/abcdefghijkl",
        "a prompt router": "prompt-router/abcdefghijkl",
        "a provisioned model": "provisioned-model/abcdefghijkl",
        "an imported model": "imported-model/abcdefghijkl",
    }.items()
}
API_KEYS = ("bedrock-mantle:CallWithBearerToken", "bedrock:CallWithBearerToken")


def requests(resource: str, *actions: str) -> list[Request]:
    return [Request(action=action, resource=resource) for action in actions]


def _mantle(*actions: str) -> list[Request]:
    project = f"arn:aws:bedrock-mantle:{REGION}:{ACCOUNT}:project/default"
    return requests(project, *(f"bedrock-mantle:{action}" for action in actions))


ROUTES: Mapping[str, list[Request]] = {
    "mantle": _mantle("CreateInference"),
    "api_keys": [
        *requests("*", *API_KEYS),
        *requests(
            f"arn:aws:iam::{ACCOUNT}:user/BedrockAPIKey-1",
            "iam:CreateServiceSpecificCredential",
            "iam:ResetServiceSpecificCredential",
        ),
    ],
    "batch_jobs": requests(MODEL, "bedrock:CreateModelInvocationJob"),
    "capacity": [
        *_mantle("CreateFineTuningJob"),
        *requests(
            f"arn:aws:bedrock-mantle:{REGION}:{ACCOUNT}:customized-model/abcdefghijkl",
            "bedrock-mantle:CreateCustomizedModel",
        ),
        *requests(
            f"arn:aws:bedrock-mantle:{REGION}:{ACCOUNT}:reservation/abcdefghijkl",
            "bedrock-mantle:CreateReservation",
            "bedrock-mantle:UpdateReservation",
        ),
        *requests(
            MODEL,
            "bedrock:CreateEvaluationJob",
            "bedrock:CreateModelEvaluationJob",
            "bedrock:CreateAdvancedPromptOptimizationJob",
            "bedrock:CreateModelCustomizationJob",
            "bedrock:CreateInferenceProfile",
            "bedrock:CreateProvisionedModelThroughput",
            "bedrock:CreatePromptRouter",
        ),
        *requests(
            bedrock("custom-model/amazon.nova-lite-v1:0/abcdefghijkl"),
            "bedrock:CreateCustomModelDeployment",
            "bedrock:CreateModelCopyJob",
        ),
        *requests(
            bedrock("provisioned-model/abcdefghijkl"), "bedrock:UpdateProvisionedModelThroughput"
        ),
        *requests(
            bedrock("marketplace/model-endpoint/all-access"),
            "bedrock:RegisterMarketplaceModelEndpoint",
            "bedrock:UpdateMarketplaceModelEndpoint",
        ),
        *requests(PROFILE, "bedrock:DeleteInferenceProfile"),
        *requests(
            "*",
            "bedrock:CreateCustomModel",
            "bedrock:CreateMarketplaceModelEndpoint",
            "bedrock:CreateModelImportJob",
            "bedrock:DeleteModelInvocationLoggingConfiguration",
            "bedrock:PutModelInvocationLoggingConfiguration",
        ),
    ],
}
LEDGER_TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/finops-ledger"
FUNCTION_PREFIX = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:finops-"

UNRELATED = [
    *requests("arn:aws:s3:::writer-drafts/a.txt", "s3:GetObject", "s3:PutObject"),
    *requests(
        f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/writer/settings",
        "ssm:GetParameter",
        "ssm:PutParameter",
    ),
    *requests(
        f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/finops/writer/profiles/smart",
        "ssm:GetParameter",
        "ssm:GetParametersByPath",
    ),
    *requests(bedrock("guardrail/abcdefghijkl"), "bedrock:ApplyGuardrail"),
    *requests(bedrock("knowledge-base/ABCDEFGHIJ"), "bedrock:Retrieve"),
    *requests(bedrock("agent-alias/ABCDEFGHIJ/KLMNOPQRST"), "bedrock:InvokeAgent"),
    *requests(PROFILE, "bedrock:GetInferenceProfile", "bedrock:ListTagsForResource"),
    *requests(MODEL, "bedrock:GetFoundationModel", "bedrock:CountTokens"),
    *requests(
        "*", "bedrock:ListInferenceProfiles", "bedrock:GetModelInvocationLoggingConfiguration"
    ),
    *requests(bedrock("guardrail/abcdefghijkl"), "bedrock:TagResource"),
    *requests(f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/drafts", "dynamodb:PutItem"),
    *requests(
        LEDGER_TABLE, "dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"
    ),
    *requests(f"arn:aws:sqs:{REGION}:{ACCOUNT}:drafts", "sqs:ReceiveMessage", "sqs:SendMessage"),
    *requests(f"arn:aws:sqs:{REGION}:{ACCOUNT}:finops-wake", "sqs:GetQueueAttributes"),
    *requests(
        f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:writer-finops-export",
        "lambda:InvokeFunction",
        "lambda:UpdateFunctionCode",
    ),
    *requests(f"{FUNCTION_PREFIX}commands", "lambda:GetFunction", "lambda:InvokeFunctionUrl"),
    Request(
        action="lambda:InvokeFunction",
        resource=f"{FUNCTION_PREFIX}commands",
        context={"lambda:InvokedViaFunctionUrl": "true"},
    ),
    *requests(
        f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:writer-latency",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:SetAlarmState",
    ),
    *requests(
        f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:finops-burst-{REGION}-writer-smart",
        "cloudwatch:DescribeAlarms",
    ),
    *requests(f"arn:aws:events:{REGION}:{ACCOUNT}:rule/writer-nightly", "events:PutRule"),
    *requests(
        f"arn:aws:events:{REGION}:{ACCOUNT}:rule/finops-platform-KillSwitchSchedule",
        "events:DescribeRule",
    ),
    Request(
        action="events:PutEvents",
        resource=f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default",
        context={"events:source": ["writer"]},
    ),
    *requests(
        bedrock("marketplace/model-endpoint/all-access"), "bedrock:GetMarketplaceModelEndpoint"
    ),
    *requests(bedrock("provisioned-model/abcdefghijkl"), "bedrock:GetProvisionedModelThroughput"),
    *requests(
        f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/writer:log-stream:a",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    ),
    *requests(ROLE_ARN, "iam:GetRole", "iam:GetRolePolicy"),
    Request(
        action="iam:AttachRolePolicy",
        resource=f"arn:aws:iam::{ACCOUNT}:role/apps/other",
        context={"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    ),
]

ALL_ROUTES = list(chain.from_iterable(ROUTES.values()))
