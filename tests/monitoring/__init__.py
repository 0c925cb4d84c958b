"""Tests of what workers show to Prometheus and to probes, and of deploy/monitoring/."""
