"""What an organisation's templates say where every measure is in place."""

import json

from finops_constructs.controls.control import METADATA_KEY, Control

ACCOUNT, REGION = "111122223333", "eu-west-1"
PLATFORM, TENANT = "finops-platform", "finops-writer"
DEPLOYER = f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-{REGION}"
HIGH_RISK = {
    "ai_act": {
        "role": "both",
        "classification": "high-risk",
        "annex_iii": "5(b)",
        "basis": "pre-sorts loan requests of natural persons",
        "owner": "Head of Compliance",
        "date": "2026-10-05",
    },
    "dora": {
        "applies": True,
        "basis": "the bank is a credit institution",
        "owner": "Head of ICT Risk",
        "date": "2026-10-05",
    },
    "mifid": {
        "applies": True,
        "basis": "it prepares orders of clients",
        "owner": "Head of Compliance",
        "date": "2026-10-05",
    },
}
POLICY_ENTRY = {
    "schema_version": 1,
    "tenant": "writer",
    "display_name": "Letter writer",
    "owner": {"team": "Content", "email": "content@example.com", "cost_centre": "CC-1"},
    "monthly_limit_usd": "500",
    "stop_percentage": 100,
    "mode": "enforce",
    "guard": "enforce",
    "budget_name": "writer",
    "suspension_policy_arn": f"arn:aws:iam::{ACCOUNT}:policy/finops/suspension/x",
}


def _resource(kind, properties, *supports, tenant=None, **attributes):
    declared = {
        **({"tenant": tenant} if tenant else {}),
        "catalogue": 1,
        "supports": {control.value: f"why {control.value}" for control in supports},
    }
    return {
        "Type": kind,
        "Properties": properties,
        **attributes,
        **({"Metadata": {METADATA_KEY: declared}} if supports else {}),
    }


def _deny(actions, *, principal="*", **condition):
    return {
        "Effect": "Deny",
        "Principal": principal,
        "Action": actions,
        "Resource": "*",
        **({"Condition": condition} if condition else {}),
    }


_EXCEPT_DEPLOYER = {"ArnNotEquals": {"aws:PrincipalArn": DEPLOYER}}
_KEPT = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}


def platform_resources():
    bucket = {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {
                    "ServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": {"Fn::GetAtt": ["LogKey", "Arn"]},
                    }
                }
            ]
        },
        "ObjectLockConfiguration": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Days": 400, "Mode": "COMPLIANCE"}},
        },
        "ObjectLockEnabled": True,
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
        "VersioningConfiguration": {"Status": "Enabled"},
    }
    bucket_policy = [
        _deny("s3:*", Bool={"aws:SecureTransport": "false"}),
        _deny("s3:BypassGovernanceRetention", principal={"AWS": "*"}),
        _deny(["s3:PutBucketObjectLockConfiguration", "s3:PutObjectRetention"], **_EXCEPT_DEPLOYER),
    ]
    key_policy = [
        {"Effect": "Allow", "Principal": {"AWS": "x"}, "Action": "kms:*", "Resource": "*"},
        _deny(
            ["kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"], **_EXCEPT_DEPLOYER
        ),
    ]
    return {
        "Calls": _resource(
            "Custom::FinOpsInvocationLogging",
            {"LogGroupName": "/finops/bedrock-invocations"},
            Control.CALLS_LOGGED,
        ),
        "Log": _resource(
            "AWS::S3::Bucket",
            bucket,
            Control.LOG_DELETION_REFUSED,
            Control.LOG_ENCRYPTED,
            Control.LOG_IMMUTABLE,
            Control.LOG_PRIVATE,
            Control.LOG_RETAINED,
            Control.LOG_RETENTION,
            Control.LOG_TLS_ONLY,
            **_KEPT,
        ),
        "LogPolicy": _resource(
            "AWS::S3::BucketPolicy",
            {"Bucket": {"Ref": "Log"}, "PolicyDocument": {"Statement": bucket_policy}},
        ),
        "LogKey": _resource(
            "AWS::KMS::Key",
            {"KeyPolicy": {"Statement": key_policy}},
            Control.LOG_KEY_GUARDED,
            **_KEPT,
        ),
        "Archiver": _resource(
            "AWS::Lambda::Function", {"Handler": "log_archiver.handler"}, Control.LOG_ARCHIVED
        ),
        "NoDelivery": _resource(
            "AWS::CloudWatch::Alarm",
            {"AlarmActions": ["topic"], "MetricName": "ModelInvocationLogsS3DeliveryFailure"},
            Control.LOG_DELIVERY_WATCHED,
        ),
        "GuardErrors": _resource(
            "AWS::CloudWatch::Alarm",
            {"AlarmActions": ["topic"], "MetricName": "Errors"},
            Control.GUARD_WATCHED,
        ),
        "Metering": _resource(
            "AWS::Logs::SubscriptionFilter",
            {"DestinationArn": "meter", "FilterPattern": ""},
            Control.CALLS_METERED,
        ),
        "Bill": _resource(
            "AWS::BCMDataExports::Export",
            {
                "Export": {
                    "DataQuery": {"QueryStatement": "SELECT 1"},
                    "DestinationConfigurations": {"S3Destination": {"S3Bucket": "bill"}},
                }
            },
            Control.BILL_EXPORTED,
        ),
        "Auditor": _resource(
            "AWS::IAM::Role",
            {
                "Policies": [
                    {
                        "PolicyDocument": {
                            "Statement": [{"Effect": "Allow", "Action": "s3:GetObject"}]
                        }
                    }
                ]
            },
            Control.AUDITOR_CAN_READ,
        ),
        "Records": _resource(
            "AWS::Glue::Table",
            {"TableInput": {"StorageDescriptor": {"Location": "s3://log/"}}},
            Control.LOG_QUERYABLE,
        ),
        "State": _resource(
            "AWS::DynamoDB::Table",
            {
                "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            },
            Control.DECISIONS_JOURNALLED,
            **_KEPT,
        ),
        "Url": _resource("AWS::Lambda::Url", {"AuthType": "AWS_IAM"}, Control.USE_CAN_BE_STOPPED),
    }


def tenant_resources(scope=HIGH_RISK, *, tenant="writer", **entry):
    value = json.dumps(POLICY_ENTRY | {"tenant": tenant} | entry)
    policy = _resource(
        "AWS::SSM::Parameter",
        {"Name": f"/finops/{tenant}/policy", "Value": value},
        Control.BUDGET_BY_TAG,
        Control.CALLERS_GUARDED,
        Control.OWNER_NAMED,
        Control.STOP_ENFORCED,
        Control.USE_CAN_BE_STOPPED,
    )
    if scope:
        policy["Metadata"][METADATA_KEY]["scope"] = scope
    tags = {"bedrock:tool": "Writer", "bedrock:project": "Letters", "bedrock:environment": "prod"}
    profile = _resource(
        "AWS::Bedrock::ApplicationInferenceProfile",
        {"Tags": [{"Key": k, "Value": v} for k, v in {**tags, "finops:tenant": tenant}.items()]},
        Control.SPEND_ALLOCATED,
        Control.SPEND_WATCHED,
    )
    suspension = {
        "Path": "/finops/suspension/eu-west-1/",
        "ManagedPolicyName": f"finops-suspension-eu-west-1-{tenant}",
        "PolicyDocument": {"Statement": [{"Effect": "Deny", "Action": "bedrock:InvokeModel*"}]},
    }
    dimension = {"Name": "ModelId", "Value": {"Fn::GetAtt": ["Smart", "InferenceProfileId"]}}
    alarm = {
        "Metrics": [{"MetricStat": {"Metric": {"Dimensions": [dimension]}}}],
        "Threshold": 8.68,
        "AlarmActions": ["topic"],
    }
    deny = {
        "RoleName": f"{tenant}-app",
        "PolicyName": f"finops-standing-deny-eu-west-1-{tenant}",
        "PolicyDocument": {
            "Statement": [
                {"Sid": "FinOpsBareModel", "Effect": "Deny", "Action": "bedrock:InvokeModel*"}
            ]
        },
    }
    budget = {
        "Budget": {"FilterExpression": {"And": [{"Tags": {"Key": key}} for key in tags]}},
        "NotificationsWithSubscribers": [
            {
                "Notification": {"NotificationType": "ACTUAL", "Threshold": 75},
                "Subscribers": [{"Address": "topic"}],
            }
        ],
        "ResourceTags": [{"Key": "finops:tenant", "Value": tenant}],
    }
    return {
        "Entry": policy,
        "Smart": profile,
        "Suspension": _resource(
            "AWS::IAM::ManagedPolicy", suspension, Control.USE_CAN_BE_STOPPED, tenant=tenant
        ),
        "Burst": _resource("AWS::CloudWatch::Alarm", alarm, Control.SPEND_WATCHED, tenant=tenant),
        "Budget": _resource("AWS::Budgets::Budget", budget, Control.BUDGET_BY_TAG, tenant=tenant),
        "Deny": _resource("AWS::IAM::RolePolicy", deny, Control.CALLERS_GUARDED, tenant=tenant),
    }


def strongest():
    """Stack name -> resources, of which every measure is in place."""
    return {PLATFORM: platform_resources(), TENANT: tenant_resources()}
