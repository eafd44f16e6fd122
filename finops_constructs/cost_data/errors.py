"""What a user can have got wrong with cost data."""


class CostDataError(ValueError):
    """Cost data that cannot be read or asked; the text says what to do about it."""
