"""What can be wrong with how the log was asked for."""


class AuditLogError(Exception):
    """The log cannot be read as asked; the message is for a person."""
