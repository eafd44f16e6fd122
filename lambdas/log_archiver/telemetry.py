"""Structured logs and embedded metrics of the function, under one name."""

from typing import Final

from aws_lambda_powertools import Logger, Metrics

SERVICE: Final = "log-archiver"

logger = Logger(service=SERVICE)
metrics = Metrics(namespace="FinOpsConstructs", service=SERVICE)
