"""What a caller with the standing deny must not do, and what it may still do.

Keyed by the statement that refuses it; a request that names only its action goes to the statement's
usual resource, `*` where the action knows no resource.
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


def _requests(resource: str, *actions: str) -> list[Request]:
    return [Request(action=action, resource=resource) for action in actions]


def _mantle(*actions: str) -> list[Request]:
    project = f"arn:aws:bedrock-mantle:{REGION}:{ACCOUNT}:project/default"
    return _requests(project, *(f"bedrock-mantle:{action}" for action in actions))


ROUTES: Mapping[str, list[Request]] = {
    "mantle": _mantle("CreateInference"),
    "api_keys": [
        *_requests("*", *API_KEYS),
        *_requests(
            f"arn:aws:iam::{ACCOUNT}:user/BedrockAPIKey-1",
            "iam:CreateServiceSpecificCredential",
            "iam:ResetServiceSpecificCredential",
        ),
    ],
    "batch_jobs": _requests(MODEL, "bedrock:CreateModelInvocationJob"),
    "capacity": [
        *_mantle("CreateFineTuningJob"),
        *_requests(
            f"arn:aws:bedrock-mantle:{REGION}:{ACCOUNT}:customized-model/abcdefghijkl",
            "bedrock-mantle:CreateCustomizedModel",
        ),
        *_requests(
            f"arn:aws:bedrock-mantle:{REGION}:{ACCOUNT}:reservation/abcdefghijkl",
            "bedrock-mantle:CreateReservation",
            "bedrock-mantle:UpdateReservation",
        ),
        *_requests(
            MODEL,
            "bedrock:CreateEvaluationJob",
            "bedrock:CreateModelEvaluationJob",
            "bedrock:CreateAdvancedPromptOptimizationJob",
            "bedrock:CreateModelCustomizationJob",
            "bedrock:CreateInferenceProfile",
            "bedrock:CreateProvisionedModelThroughput",
            "bedrock:CreatePromptRouter",
        ),
        *_requests(
            bedrock("custom-model/amazon.nova-lite-v1:0/abcdefghijkl"),
            "bedrock:CreateCustomModelDeployment",
            "bedrock:CreateModelCopyJob",
        ),
        *_requests(
            bedrock("provisioned-model/abcdefghijkl"), "bedrock:UpdateProvisionedModelThroughput"
        ),
        *_requests(
            bedrock("marketplace/model-endpoint/all-access"),
            "bedrock:RegisterMarketplaceModelEndpoint",
            "bedrock:UpdateMarketplaceModelEndpoint",
        ),
        *_requests(PROFILE, "bedrock:DeleteInferenceProfile"),
        *_requests(
            "*",
            "bedrock:CreateCustomModel",
            "bedrock:CreateMarketplaceModelEndpoint",
            "bedrock:CreateModelImportJob",
            "bedrock:DeleteModelInvocationLoggingConfiguration",
            "bedrock:PutModelInvocationLoggingConfiguration",
        ),
    ],
}
_TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/finops-ledger"
_FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:finops-"
_LOG_GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/finops/bedrock-invocations"

TAMPERING: Mapping[str, list[Request]] = {
    "FinOpsTags": [
        *(
            Request(
                action="bedrock:TagResource",
                resource=PROFILE,
                context={"aws:TagKeys": key, f"aws:RequestTag/{key}": "active"},
            )
            for key in ("finops:state", "finops:tenant", "bedrock:tool", "anything")
        ),
        Request(
            action="bedrock:UntagResource",
            resource=PROFILE,
            context={"aws:TagKeys": "finops:state"},
        ),
    ],
    "FinOpsRegistry": _requests(
        f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/finops/writer/policy",
        "ssm:AddTagsToResource",
        "ssm:DeleteParameter",
        "ssm:DeleteParameters",
        "ssm:PutParameter",
        "ssm:RemoveTagsFromResource",
    ),
    "FinOpsPlatform": [
        *(
            request
            for table in (_TABLE, _TABLE.replace("ledger", "state"))
            for request in _requests(
                table,
                "dynamodb:BatchWriteItem",
                "dynamodb:DeleteItem",
                "dynamodb:DeleteTable",
                "dynamodb:PartiQLDelete",
                "dynamodb:PartiQLInsert",
                "dynamodb:PartiQLUpdate",
                "dynamodb:PutItem",
                "dynamodb:UpdateItem",
                "dynamodb:UpdateTable",
                "dynamodb:UpdateTimeToLive",
            )
        ),
        *(
            request
            for queue in ("wake", "wake-dead-letters", "meter-dead-letters")
            for request in _requests(
                f"arn:aws:sqs:{REGION}:{ACCOUNT}:finops-{queue}",
                "sqs:DeleteMessage",
                "sqs:DeleteQueue",
                "sqs:PurgeQueue",
                "sqs:ReceiveMessage",
                "sqs:SendMessage",
                "sqs:SetQueueAttributes",
                "sqs:StartMessageMoveTask",
            )
        ),
        *(
            request
            for function in ("commands", "kill-switch", "spend-meter", "cross-check")
            for request in _requests(
                f"{_FUNCTION}{function}",
                "lambda:AddPermission",
                "lambda:DeleteFunction",
                "lambda:DeleteFunctionUrlConfig",
                "lambda:InvokeFunction",
                "lambda:PutFunctionConcurrency",
                "lambda:UpdateFunctionCode",
                "lambda:UpdateFunctionConfiguration",
                "lambda:UpdateFunctionUrlConfig",
            )
        ),
        Request(
            action="lambda:InvokeFunction",
            resource=f"{_FUNCTION}commands",
            context={"lambda:InvokedViaFunctionUrl": "false"},
        ),
        *_requests(
            f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:finops-burst-{REGION}-writer-smart",
            "cloudwatch:DeleteAlarms",
            "cloudwatch:DisableAlarmActions",
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:SetAlarmState",
        ),
        *_requests(
            f"arn:aws:events:{REGION}:{ACCOUNT}:rule/finops-platform-KillSwitchSchedule",
            "events:DeleteRule",
            "events:DisableRule",
            "events:PutRule",
            "events:PutTargets",
            "events:RemoveTargets",
        ),
    ],
    "FinOpsEvents": [
        Request(
            action="events:PutEvents",
            resource=f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default",
            context={"events:source": sources},
        )
        for sources in (["finops-constructs"], ["writer", "finops-constructs"])
    ],
    "FinOpsLogs": [
        *_requests(
            _LOG_GROUP,
            "logs:AssociateKmsKey",
            "logs:DeleteLogGroup",
            "logs:DeleteSubscriptionFilter",
            "logs:DisassociateKmsKey",
            "logs:PutDataProtectionPolicy",
            "logs:PutRetentionPolicy",
            "logs:PutSubscriptionFilter",
            "logs:PutTransformer",
        ),
        *_requests(
            f"{_LOG_GROUP}:log-stream:aws/bedrock/modelinvocations",
            "logs:CreateLogStream",
            "logs:DeleteLogStream",
            "logs:PutLogEvents",
        ),
    ],
    "FinOpsOwnPolicies": _requests(
        ROLE_ARN,
        "iam:AttachRolePolicy",
        "iam:DeleteRole",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
    ),
    "FinOpsGuardPolicies": [
        Request(
            action=action,
            resource=f"arn:aws:iam::{ACCOUNT}:role/apps/chatbot-app",
            context={"iam:PolicyARN": SUSPENSION},
        )
        for action in ("iam:AttachRolePolicy", "iam:DetachRolePolicy")
    ],
    "FinOpsPolicyVersions": _requests(
        SUSPENSION,
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:SetDefaultPolicyVersion",
    ),
}

UNRELATED = [
    *_requests("arn:aws:s3:::writer-drafts/a.txt", "s3:GetObject", "s3:PutObject"),
    *_requests(
        f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/writer/settings",
        "ssm:GetParameter",
        "ssm:PutParameter",
    ),
    *_requests(
        f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/finops/writer/profiles/smart",
        "ssm:GetParameter",
        "ssm:GetParametersByPath",
    ),
    *_requests(bedrock("guardrail/abcdefghijkl"), "bedrock:ApplyGuardrail"),
    *_requests(bedrock("knowledge-base/ABCDEFGHIJ"), "bedrock:Retrieve"),
    *_requests(bedrock("agent-alias/ABCDEFGHIJ/KLMNOPQRST"), "bedrock:InvokeAgent"),
    *_requests(PROFILE, "bedrock:GetInferenceProfile", "bedrock:ListTagsForResource"),
    *_requests(MODEL, "bedrock:GetFoundationModel", "bedrock:CountTokens"),
    *_requests(
        "*", "bedrock:ListInferenceProfiles", "bedrock:GetModelInvocationLoggingConfiguration"
    ),
    *_requests(bedrock("guardrail/abcdefghijkl"), "bedrock:TagResource"),
    *_requests(f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/drafts", "dynamodb:PutItem"),
    *_requests(
        _TABLE, "dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"
    ),
    *_requests(f"arn:aws:sqs:{REGION}:{ACCOUNT}:drafts", "sqs:ReceiveMessage", "sqs:SendMessage"),
    *_requests(f"arn:aws:sqs:{REGION}:{ACCOUNT}:finops-wake", "sqs:GetQueueAttributes"),
    *_requests(
        f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:writer-finops-export",
        "lambda:InvokeFunction",
        "lambda:UpdateFunctionCode",
    ),
    *_requests(f"{_FUNCTION}commands", "lambda:GetFunction", "lambda:InvokeFunctionUrl"),
    Request(
        action="lambda:InvokeFunction",
        resource=f"{_FUNCTION}commands",
        context={"lambda:InvokedViaFunctionUrl": "true"},
    ),
    *_requests(
        f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:writer-latency",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:SetAlarmState",
    ),
    *_requests(
        f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:finops-burst-{REGION}-writer-smart",
        "cloudwatch:DescribeAlarms",
    ),
    *_requests(f"arn:aws:events:{REGION}:{ACCOUNT}:rule/writer-nightly", "events:PutRule"),
    *_requests(
        f"arn:aws:events:{REGION}:{ACCOUNT}:rule/finops-platform-KillSwitchSchedule",
        "events:DescribeRule",
    ),
    Request(
        action="events:PutEvents",
        resource=f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default",
        context={"events:source": ["writer"]},
    ),
    *_requests(
        bedrock("marketplace/model-endpoint/all-access"), "bedrock:GetMarketplaceModelEndpoint"
    ),
    *_requests(bedrock("provisioned-model/abcdefghijkl"), "bedrock:GetProvisionedModelThroughput"),
    *_requests(
        f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/writer:log-stream:a",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    ),
    *_requests(ROLE_ARN, "iam:GetRole", "iam:GetRolePolicy"),
    Request(
        action="iam:AttachRolePolicy",
        resource=f"arn:aws:iam::{ACCOUNT}:role/apps/other",
        context={"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    ),
]

ALL_ROUTES = list(chain.from_iterable(ROUTES.values()))
ALL_TAMPERING = list(chain.from_iterable(TAMPERING.values()))
