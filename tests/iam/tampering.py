"""What would tamper with the guard itself, keyed by the statement that refuses it."""

from collections.abc import Mapping
from itertools import chain

from local.simulator import Request
from tests.iam.catalogue import (
    FUNCTION_PREFIX,
    LEDGER_TABLE,
    PROFILE,
    ROLE_ARN,
    SUSPENSION,
    requests,
)
from tests.iam.deployed import ACCOUNT, REGION

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
    "FinOpsRegistry": requests(
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
            for table in (LEDGER_TABLE, LEDGER_TABLE.replace("ledger", "state"))
            for request in requests(
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
            for request in requests(
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
            for request in requests(
                f"{FUNCTION_PREFIX}{function}",
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
            resource=f"{FUNCTION_PREFIX}commands",
            context={"lambda:InvokedViaFunctionUrl": "false"},
        ),
        *requests(
            f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:finops-burst-{REGION}-writer-smart",
            "cloudwatch:DeleteAlarms",
            "cloudwatch:DisableAlarmActions",
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:SetAlarmState",
        ),
        *requests(
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
        *requests(
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
        *requests(
            f"{_LOG_GROUP}:log-stream:aws/bedrock/modelinvocations",
            "logs:CreateLogStream",
            "logs:DeleteLogStream",
            "logs:PutLogEvents",
        ),
    ],
    "FinOpsOwnPolicies": requests(
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
    "FinOpsPolicyVersions": requests(
        SUSPENSION,
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:SetDefaultPolicyVersion",
    ),
}

ALL_TAMPERING = list(chain.from_iterable(TAMPERING.values()))
