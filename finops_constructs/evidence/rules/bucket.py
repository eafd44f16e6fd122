"""Whether a bucket is closed, encrypted, reached by TLS only, and outlives its stack."""

from collections.abc import Iterator, Sequence
from typing import Final

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.template import Resource
from finops_constructs.checks.text import render, token
from finops_constructs.controls.verdict import Verdict
from finops_constructs.evidence.finding import ABSENT, Finding, equals, present, raw
from finops_constructs.evidence.policy import Refusal, refusals

_DOCUMENT: Final = "PolicyDocument"
_POLICY: Final = "AWS::S3::BucketPolicy"
_INSECURE: Final = {("bool", "aws:securetransport"): ("false",)}
_LOCK_ACTIONS: Final = ("s3:PutBucketObjectLockConfiguration", "s3:PutObjectRetention")


def encrypted(bucket: Resource, _: Assembly) -> Iterator[Finding]:
    """Judge the default encryption, which should be with a key of its own."""
    base = "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault"
    yield equals(bucket, f"{base}.SSEAlgorithm", "aws:kms", "aws:kms:dsse")
    yield present(bucket, f"{base}.KMSMasterKeyID")


def private(bucket: Resource, _: Assembly) -> Iterator[Finding]:
    """Judge the public access block, and that no access lists count."""
    for setting in (
        "BlockPublicAcls",
        "BlockPublicPolicy",
        "IgnorePublicAcls",
        "RestrictPublicBuckets",
    ):
        yield equals(bucket, f"PublicAccessBlockConfiguration.{setting}", "true")
    yield equals(bucket, "OwnershipControls.Rules.0.ObjectOwnership", "BucketOwnerEnforced")


def retained(resource: Resource, _: Assembly) -> Iterator[Finding]:
    """Judge what becomes of a resource when its stack goes or replaces it."""
    allowed = {
        "DeletionPolicy": ("Retain", "RetainExceptOnCreate"),
        "UpdateReplacePolicy": ("Retain",),
    }
    for name, wanted in allowed.items():
        value = str(raw(resource).get(name, ABSENT))
        holds = value in wanted
        yield Finding(
            property=name,
            value=value,
            verdict=Verdict.SUPPORTS if holds else Verdict.NOT_EVIDENCED,
            note="" if holds else f"{wanted[0]} would support it",
        )


def tls_only(resource: Resource, assembly: Assembly) -> Iterator[Finding]:
    """Judge the bucket policy: whatever comes without TLS is refused."""
    policies = _policies(resource, assembly)
    for policy in policies:
        for refusal in refusals(policy, _DOCUMENT):
            reads_and_writes = refusal.covers("s3:GetObject") and refusal.covers("s3:PutObject")
            binding = reads_and_writes and refusal.binds_objects()
            if binding and dict(refusal.conditions) == _INSECURE and not refusal.exempt:
                yield _held(policy, refusal, "without TLS")
                return
    yield _missing(policies, resource, "a Deny of requests with aws:SecureTransport false")


def deletion_refused(resource: Resource, assembly: Assembly) -> Iterator[Finding]:
    """Judge the bucket policy: nobody bypasses the lock, few may change it."""
    policies = _policies(resource, assembly)
    for action, may_exempt in (
        ("s3:BypassGovernanceRetention", False),
        *((action, True) for action in _LOCK_ACTIONS),
    ):
        yield _refused(policies, resource, action, may_exempt=may_exempt)


def _refused(
    policies: Sequence[Resource], resource: Resource, action: str, *, may_exempt: bool
) -> Finding:
    for policy in policies:
        for refusal in refusals(policy, _DOCUMENT):
            unconditional = not refusal.conditions and (may_exempt or not refusal.exempt)
            of_bucket = action.startswith("s3:PutBucket")
            binding = refusal.binds_the_bucket() if of_bucket else refusal.binds_objects()
            if refusal.covers(action) and unconditional and binding:
                return _held(policy, refusal, action)
    return _missing(policies, resource, f"a Deny of {action}")


def _held(policy: Resource, refusal: Refusal, what: str) -> Finding:
    return Finding(
        property=f"{refusal.location} ({what})",
        value=refusal.shown,
        verdict=Verdict.SUPPORTS,
        resource=policy,
    )


def _missing(policies: Sequence[Resource], resource: Resource, what: str) -> Finding:
    return Finding(
        property=_DOCUMENT,
        value=ABSENT,
        verdict=Verdict.NOT_EVIDENCED,
        note=f"{what} would support it",
        resource=policies[0] if policies else resource,
    )


def _policies(resource: Resource, assembly: Assembly) -> list[Resource]:
    """Return the policies of a bucket; the resource itself, if it is one."""
    if resource.type == _POLICY:
        return [resource]
    reference = token(f"{resource.template.path}#{resource.id}")
    return [
        policy
        for policy in assembly.of_type(_POLICY)
        if policy.template is resource.template
        and render(policy.properties.get("Bucket"), policy.template) == reference
    ]
