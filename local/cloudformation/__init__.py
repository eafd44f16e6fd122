"""The CloudFormation resource types that the embedded emulator lacks or gets wrong."""
