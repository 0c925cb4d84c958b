"""Traces and error reports, with the SDKs of OpenTelemetry and Sentry; `make test-telemetry`."""
