"""`make scaling`: how throughput grows with workers, what a task costs, and what other rates would need."""
