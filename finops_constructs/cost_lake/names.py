"""What the cost lake is called in Glue and Athena; imports no aws_cdk."""

from typing import Final

DATABASE: Final = "finops"
WORKGROUP: Final = "finops"
