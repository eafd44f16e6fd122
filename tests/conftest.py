"""Settles which Node jsii runs on before any test imports aws_cdk."""

from finops_constructs._node import use_bundled_node

use_bundled_node()
