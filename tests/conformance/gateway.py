"""An error of an application: workers of both languages raise it, clients catch it."""


class GatewayError(Exception):
    """Raised when the gateway refuses, with its status and text."""
