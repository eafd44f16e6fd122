"""FinOps and compliance guardrails for Amazon Bedrock, as AWS CDK constructs."""
