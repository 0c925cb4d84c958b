"""An error of an application: workers of both languages raise it, clients catch it."""


class GatewayError(Exception):
    """The gateway did not do what it was asked: its code, and its text."""
