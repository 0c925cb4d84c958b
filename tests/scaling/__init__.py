"""`make scaling`: how throughput grows with workers, what a task costs, and what that means for 10 to 10,000 tasks a second."""
